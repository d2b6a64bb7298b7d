"""Arguments as they are shown, and what somebody sends back who edited them."""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

from tasks_app.redaction.json_values import redact
from tasks_app.redaction.known_values import MASK


def redact_positional(args: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """`args` without secrets; `names` are the parameters they stand for, as far as known."""
    named = zip(args, chain(names, repeat("")), strict=False)
    return [redact({name: value})[name] for value, name in named]


def unredact(given: Any, shown: Any, stored: Any) -> Any:
    """What a person means who was shown `shown` for `stored` and sends `given`.

    Where a text is still as redaction left it, the stored value is meant. Raises ValueError where
    a mask came to another place or into another text: what it hid is not known there.
    """
    return given if shown == stored else _meant(given, shown, stored)


def _meant(given: Any, shown: Any, stored: Any) -> Any:
    if isinstance(given, dict):
        return _meant_object(given, shown, stored)
    if isinstance(given, list):
        places = zip(_items(shown), _items(stored), strict=False)
        known = chain(places, repeat((None, None)))
        return [_meant(item, *place) for item, place in zip(given, known, strict=False)]
    if shown != stored and given == shown:
        return stored
    if isinstance(given, str) and MASK in given and given != stored:
        raise ValueError(f"{given} stands where nothing was hidden. Write the value itself.")
    return given


def _meant_object(given: dict[str, Any], shown: Any, stored: Any) -> dict[str, Any]:
    """Names may be redacted too; they stand in the same order."""
    known: dict[str, Any] = {}
    if isinstance(shown, dict) and isinstance(stored, dict) and len(shown) == len(stored):
        places = zip(shown.items(), stored.items(), strict=True)
        known = {key: (name, item, value) for (key, item), (name, value) in places}
    meant = {}
    for key, item in given.items():
        name, *place = known[key] if key in known else (_meant(key, None, None), None, None)
        meant[name] = _meant(item, *place)
    return meant


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
