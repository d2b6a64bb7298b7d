"""Finding web addresses in plain text."""

import re

# Chinese and Japanese punctuation and full-width forms end an address; no blank stands there.
ADDRESS = re.compile(
    r"(?<![a-z0-9])https?://[^\s<>\"\u201c\u201d\u3000-\u301f\uff00-\uff60]+", re.IGNORECASE
)
HARMLESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
SENTENCE_ENDS = ".,;:!?'*_~|`"
BRACKETS = {")": "(", "]": "[", "}": "{"}


def find_addresses(text: str) -> tuple[str, ...]:
    """Each `http` or `https` address as often as it is printed, without what ends the sentence."""
    return tuple(_without_tail(found) for found in ADDRESS.findall(text))


def is_harmless(address: str) -> bool:
    """Whether an output may make it a link: web and mail, never `javascript:` and its like."""
    return HARMLESS.fullmatch(address) is not None


def _without_tail(address: str) -> str:
    """Cut punctuation that belongs to the sentence: `(see http://a.example/b_(c)).`"""
    while address:
        last = address[-1]
        unbalanced = last in BRACKETS and address.count(last) > address.count(BRACKETS[last])
        if last not in SENTENCE_ENDS and not unbalanced:
            break
        address = address[:-1]
    return address
