"""The moments of a schedule as the fields of a form hold them, and back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tasks_app.scheduling.definition import (
    FIELDS_OF_CRONTAB,
    MOMENTS,
    UNITS,
    Definition,
    Solar,
    without_blanks,
)

NEVER, ONCE, CRONTAB, INTERVAL, SOLAR = "never", "once", "crontab", "interval", "solar"
# The form's word for each kind of schedule.
WORD_OF = {"scheduled_time": ONCE, CRONTAB: CRONTAB, INTERVAL: INTERVAL, SOLAR: SOLAR}
BOUNDS = ("start_time", "end_time")
# The form's field for each part of what is one field elsewhere.
PARTS = {
    CRONTAB: {part: f"crontab_{part}" for part in FIELDS_OF_CRONTAB},
    INTERVAL: {unit: f"interval_{unit}" for unit in UNITS},
    SOLAR: {part: f"solar_{part}" for part in Solar._fields},
}
Values = dict[str, Any]


def values_of(definition: Definition) -> Values:
    """What the fields hold to show a definition, as plain JSON; fields of other kinds are absent.

    Moments are UTC, to the second.
    """
    bounds = {name: _text(getattr(definition, name)) for name in BOUNDS}
    word = WORD_OF.get(definition.kind, NEVER)
    return {"when": word, **bounds, **_VALUES[word](definition)}


def said_by(values: Mapping[str, Any]) -> dict[str, Any]:
    """The flat fields that the form's values say, None where nothing is said.

    Only the chosen kind counts, and bounds only with a kind.
    """
    nothing: dict[str, Any] = dict.fromkeys(MOMENTS)
    if values["when"] == NEVER:
        return nothing
    bounds = {name: values[name] or None for name in BOUNDS}
    return nothing | bounds | _SAID[values["when"]](values)


def field_for(name: str, sentence: str) -> str:
    """The form's field that a refusal is about; its sentence may begin with the part it means."""
    parts = PARTS.get(name)
    if parts is None:
        return name
    return parts.get(sentence.split(" ", 1)[0], next(iter(parts.values())))


def _text(moment: datetime | None) -> str:
    """As a browser's own control for date and time writes it: without seconds that are zero."""
    if moment is None:
        return ""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S" if moment.second else "%Y-%m-%dT%H:%M")


def _crontab(definition: Definition) -> Values:
    texts = definition.crontab.split(" ")
    fields = dict(zip(PARTS[CRONTAB].values(), texts, strict=True))
    return {"timezone": definition.timezone, **fields}


def _interval(definition: Definition) -> Values:
    left, values = int(definition.interval or 0), {}
    for unit, seconds in UNITS.items():
        values[PARTS[INTERVAL][unit]], left = divmod(left, seconds)
    return values


def _solar(definition: Definition) -> Values:
    sun = definition.solar._asdict() if definition.solar else {}
    return {PARTS[SOLAR][part]: value for part, value in sun.items()}


_VALUES: dict[str, Callable[[Definition], Values]] = {
    NEVER: lambda _: {},
    ONCE: lambda definition: {"scheduled_time": _text(definition.scheduled_time)},
    CRONTAB: _crontab,
    INTERVAL: _interval,
    SOLAR: _solar,
}


def _parts(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {part: values[field] for part, field in PARTS[kind].items()}


_SAID: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    ONCE: lambda values: {"scheduled_time": values["scheduled_time"] or None},
    CRONTAB: lambda values: {
        CRONTAB: {part: without_blanks(text) for part, text in _parts(CRONTAB, values).items()},
        "timezone": values["timezone"] or None,
    },
    INTERVAL: lambda values: {
        INTERVAL: {unit: amount or 0 for unit, amount in _parts(INTERVAL, values).items()}
    },
    SOLAR: lambda values: {SOLAR: _parts(SOLAR, values)},
}
