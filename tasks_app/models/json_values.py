"""JSON that both databases keep and every client can read back."""

import json
from typing import Any

DEPTH = 20
# Characters of what a run may end with.
RESULT_LIMIT = 1024 * 1024


def check_json(value: Any, *, limit: int, depth: int = DEPTH, most: int | None = None) -> None:
    """Raise ValueError, with a sentence, for what is no JSON or cannot be stored.

    `limit` is in characters of compact JSON. Refused are numbers that are not finite, NUL and half
    characters (PostgreSQL stores neither), nesting deeper than `depth`, and more than `most`
    values, with those inside of lists and objects.
    """
    if _is_deeper_than(depth, value):
        raise ValueError(f"This is nested deeper than {depth} levels.")
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"This is no JSON: {error}.") from error
    if len(text) > limit:
        raise ValueError(f"This has {len(text)} characters, more than {limit}.")
    # Each value has a character at least, so short texts need no count.
    if most is not None and len(text) > most and _count(value) > most:
        raise ValueError(f"This holds {_count(value)} values, more than {most}.")
    if "\\u0000" in text and _holds_nul(value):
        raise ValueError("This holds a NUL character, which databases do not keep.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("This holds half a character (a lone surrogate).") from error


def _count(value: Any) -> int:
    """The values in it, and itself."""
    if not isinstance(value, dict | list | tuple):
        return 1
    return 1 + sum(map(_count, value.values() if isinstance(value, dict) else value))


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return any(_holds_nul(item) for item in value)
    return isinstance(value, str) and "\0" in value


def _is_deeper_than(levels: int, value: Any) -> bool:
    """Looks no deeper than `levels`, so that no nesting is too deep for the question itself."""
    if not isinstance(value, dict | list | tuple):
        return False
    items = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper_than(levels - 1, item) for item in items)
