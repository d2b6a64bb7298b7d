"""A crontab or an interval of which only some parts are said: the others stay as they are."""

from collections.abc import Mapping
from typing import Any

from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, UNITS, Definition


class Parts(dict[str, Any]):
    """Some of the fields of a crontab, or of the units of an interval."""


def completed(present: Definition | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` with the parts that they leave open taken from what is there, if it is alike."""
    parts_of = {"crontab": _of_crontab, "interval": _of_interval}
    return {
        name: {**parts_of[name](present), **value} if _is_open(value) and present else value
        for name, value in changes.items()
    }


def _is_open(value: Any) -> bool:
    return isinstance(value, Parts)


def _of_crontab(present: Definition) -> dict[str, Any]:
    if not present.crontab:
        return {}
    return dict(zip(FIELDS_OF_CRONTAB, present.crontab.split(" "), strict=True))


def _of_interval(present: Definition) -> dict[str, Any]:
    left, parts = present.interval or 0, dict[str, Any]()
    for unit, size in UNITS.items():
        amount, left = divmod(left, size)
        parts[unit] = int(amount)
    # Part of a second, in a row that others made: refused, unless the change says the seconds.
    return parts | {"seconds": round(parts["seconds"] + left, 6)} if left else parts
