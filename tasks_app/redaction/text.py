"""Secrets in free text: log lines, tracebacks, messages.

Every pattern is linear in the text's length: no repetition can match the same characters in two
ways, and none starts inside what an earlier start has read to its end.
"""

import re

from tasks_app.redaction.keys import first_words, is_suspicious
from tasks_app.redaction.known_values import MASK, known_values

# Without one of these or of the words of suspicious names, no pattern below can match.
_SIGNS = ("://", "-----begin", "belfry_", "bearer", "basic")
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?(-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_URL = re.compile(r"(://[^/\s:@]*:)[^/\s?#\"]+@")
_TOKEN = re.compile(r"belfry_[0-9A-Za-z]{16,}")
# What follows must not look like the next word of a sentence ("Basic authentication").
_SCHEME = re.compile(
    r"\b([Bb]earer|BEARER|[Bb]asic|BASIC)(\s{1,9})"
    r"(?:(?=\S[a-z]*[^a-z\s]\w)[\w.~+/=-]{6,}|[\w.~+/=-]{16,})"
)
_KEY = re.compile(
    r"(?<![\w-])([\w-]++)\\{0,4}[\"']?\]?\s{0,9}(?:[=!]=|=>|:=|[=:])\s{0,9}"
    r"|(?<![\w-])(--[\w-]++)(?:[\"']?,\s{0,9}|[ \t]{1,9})"
)
_QUOTED = re.compile(r"([bBrRuUfF]{0,2}(\\{0,4}[\"']))((?:\\.|[^\\\r\n])*?)(?=\2)")
_BARE = re.compile(r"[^\s,;&]*[^\s,;&)\]}>.\"'\\]")
_REST_OF_LINE = re.compile(r"[^\r\n]+")
_OPENING = ("(", "[", "{", '"', "'", "\\")
# Their values have several words.
_LONG = ("authorization", "cookie", "cookies", "passphrase")


def redact_text(text: str) -> str:
    """`text` with `***` for the secrets of this installation, tokens, `password=...` and the like
    (also as JSON and repr), passwords in addresses, and private keys."""
    if not may_hold_a_secret(text):
        return text
    for value in known_values():
        text = text.replace(value, MASK)
    text = _PRIVATE_KEY.sub(rf"\1{MASK}\2", text)
    text = _URL.sub(rf"\1{MASK}@", text)
    text = _TOKEN.sub(MASK, text)
    text = _SCHEME.sub(rf"\1\2{MASK}", text)
    return _without_pairs(text)


def may_hold_a_secret(text: str) -> bool:
    """The quick look that most texts need only: none of its words can be part of a secret."""
    lowered = text.lower()
    for sign in (*_SIGNS, *first_words()):
        if sign in lowered:
            return True
    return any(value in text for value in known_values())


def _without_pairs(text: str) -> str:
    """What stands after a suspicious name and `=`, `:` and the like."""
    parts, done = [], 0
    for found in _KEY.finditer(text):
        key = found[1] or found[2]
        if found.start() >= done and is_suspicious(key):
            start, end = _value_at(text, found.end(), key)
            parts += [text[done:start], MASK if start < end else ""]
            done = end
    return "".join([*parts, text[done:]])


def _value_at(text: str, at: int, key: str) -> tuple[int, int]:
    if quoted := _QUOTED.match(text, at):
        return quoted.span(3)
    whole = text.startswith(_OPENING, at) or key.lower().endswith(_LONG)
    value = (_REST_OF_LINE if whole else _BARE).match(text, at)
    return value.span() if value else (at, at)
