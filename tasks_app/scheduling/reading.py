"""The moments that somebody gives at a door, read into a definition."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from tasks_app.exceptions import ImpossibleSchedule, Invalid
from tasks_app.scheduling.definition import KINDS, MOMENTS, Definition
from tasks_app.scheduling.partial import completed
from tasks_app.scheduling.parts import (
    moment_reader,
    read_crontab,
    read_interval,
    read_solar,
    read_zone,
)
from tasks_app.states import CronSemantics

_READERS: dict[str, Callable[[Any], Any]] = {
    "timezone": read_zone,
    "interval": read_interval,
    "solar": read_solar,
    **{name: moment_reader(name) for name in ("scheduled_time", "start_time", "end_time")},
}


def read_definition(
    fields: Mapping[str, Any], *, semantics: str = CronSemantics.CELERY
) -> Definition | None:
    """Read the flat fields of a schedule; None if no kind of schedule is given.

    `crontab` is a line or an object of its fields, `interval` seconds or an object of days, hours,
    minutes and seconds; moments without a zone are UTC. Raises Invalid by field.
    """
    given = _with_zone_of_crontab({name: fields[name] for name in MOMENTS if _says(fields, name)})
    if not _is_of_one_kind(given):
        return None
    either_day = semantics == CronSemantics.CRON
    readers = _READERS | {"crontab": lambda value: read_crontab(value, either_day)}
    definition = Definition(**_read(given, readers))
    _check(definition, either_day)
    return definition


def merge(present: Definition | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The flat fields after a change: a kind replaces another one, and None takes a part away."""
    changes = completed(present, changes)
    fields = present.fields() if present else {}
    if any(_says(changes, kind) for kind in KINDS):
        fields |= dict.fromkeys(KINDS)
    if not _says({**fields, **changes}, "crontab") or _names_a_zone(changes.get("crontab")):
        fields.pop("timezone", None)
    if not any(_says({**fields, **changes}, kind) for kind in KINDS):
        # Bounds go with what they bounded.
        fields = {}
    return {**fields, **changes}


def _says(fields: Mapping[str, Any], name: str) -> bool:
    return fields.get(name) not in (None, "")


def _names_a_zone(crontab: Any) -> bool:
    return isinstance(crontab, Mapping) and _says(crontab, "timezone")


def _with_zone_of_crontab(given: dict[str, Any]) -> dict[str, Any]:
    """A crontab given as an object may name its zone inside."""
    crontab = given.get("crontab")
    if crontab is None:
        return given
    zone = crontab.get("timezone") if isinstance(crontab, Mapping) else None
    if zone and given.get("timezone", zone) != zone:
        raise Invalid({"timezone": ["The crontab names another time zone: give one of the two."]})
    return {"timezone": zone or settings.CELERY_TIMEZONE} | given


def _is_of_one_kind(given: Mapping[str, Any]) -> bool:
    kinds = [kind for kind in KINDS if kind in given]
    if len(kinds) > 1:
        sentence = f"A task has one schedule: give one of {', '.join(kinds)}."
        raise Invalid({kind: [sentence] for kind in kinds})
    if given and not kinds:
        sentence = f"This belongs to a schedule: give one of {', '.join(KINDS)} too."
        raise Invalid({name: [sentence] for name in given})
    if "timezone" in given and kinds != ["crontab"]:
        raise Invalid({"timezone": ["A time zone belongs to a crontab: leave it out."]})
    return bool(kinds)


def _read(given: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Each field read by itself, so that all mistakes are told at once."""
    values, errors = {}, {}
    for name, value in given.items():
        try:
            values[name] = readers[name](value)
        except ImpossibleSchedule as error:
            errors[name] = [str(error)]
    if errors:
        raise Invalid(errors)
    return values


def _check(definition: Definition, either_day: bool) -> None:
    start, end = definition.start_time, definition.end_time
    if start and end and start >= end:
        raise Invalid({"end_time": ["The end must be later than start_time."]})
    try:
        # No moment is stored: any anchor shows whether the plan can be computed.
        definition.plan(timezone.now(), either_day=either_day)
    except ImpossibleSchedule as error:
        raise Invalid({definition.kind: [str(error)]}) from None
