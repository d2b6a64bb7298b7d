"""Each part of a schedule as somebody gives it at a door; ImpossibleSchedule for what is none."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django_celery_beat.models import CrontabSchedule

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.crontab import Crontab
from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, UNITS, Solar, without_blanks
from tasks_app.scheduling.moments import read_moment
from tasks_app.scheduling.zones import Zone

LONGEST_INTERVAL = 366 * 86_400
# Decimals of a degree that are stored.
DEGREES = 6


def read_crontab(value: Any, either_day: bool) -> str:
    """The line of five fields, from a line or an object."""
    if isinstance(value, Mapping):
        value = _fields_of(value)
    else:
        value = Crontab.parse_line(value, either_day).fields
    fields = Crontab.read(value, either_day).fields
    for name, text in zip(FIELDS_OF_CRONTAB, fields, strict=True):
        most = CrontabSchedule._meta.get_field(name).max_length
        if len(text) > most:
            raise ImpossibleSchedule(f"{name} has {len(text)} characters, more than {most}.")
    return " ".join(fields)


def _fields_of(value: Mapping[str, Any]) -> list[Any]:
    _refuse_others(value, (*FIELDS_OF_CRONTAB, "timezone"))
    given = [value.get(name) for name in FIELDS_OF_CRONTAB]
    texts = ["*" if field in (None, "") else field for field in given]
    return [without_blanks(str(field)) if _is_text(field) else field for field in texts]


def _is_text(field: Any) -> bool:
    return isinstance(field, str | int) and not isinstance(field, bool)


def read_zone(value: Any) -> str:
    """The name of a time zone that this system knows."""
    return Zone(value).name


def read_interval(value: Any) -> int:
    """Seconds, from seconds or an object of units."""
    if isinstance(value, Mapping):
        _refuse_others(value, tuple(UNITS))
        amounts = {unit: value.get(unit) or 0 for unit in UNITS}
        for unit, amount in amounts.items():
            _check_whole(unit, amount)
        value = sum(amount * UNITS[unit] for unit, amount in amounts.items())
    _check_whole("interval", value)
    if not 1 <= value <= LONGEST_INTERVAL:
        raise ImpossibleSchedule(
            "An interval lasts from 1 second to 366 days: at least one of days, hours, minutes "
            "and seconds must be greater than 0."
        )
    return int(value)


def _check_whole(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ImpossibleSchedule(f"{name} must be a whole number of 0 or more, not {value!r:.40}.")


def read_solar(value: Any) -> Solar:
    """An event and its place."""
    if isinstance(value, Solar):
        value = value._asdict()
    if not isinstance(value, Mapping):
        raise ImpossibleSchedule("solar is an object of event, latitude and longitude.")
    _refuse_others(value, Solar._fields)
    return Solar(
        str(value.get("event")),
        _degrees("latitude", value.get("latitude")),
        _degrees("longitude", value.get("longitude")),
    )


def _degrees(name: str, value: Any) -> float:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise ImpossibleSchedule(f"{name} must be a number of degrees.")
    return round(float(value), DEGREES)


def _refuse_others(value: Mapping[str, Any], known: tuple[str, ...]) -> None:
    if unknown := sorted(map(str, set(value) - set(known))):
        raise ImpossibleSchedule(
            f"{', '.join(unknown)[:80]} is not known here: use {', '.join(known)}."
        )


def moment_reader(name: str) -> Callable[[Any], datetime]:
    """Reads the moment of this name, in UTC; without a zone it is UTC."""

    def read(value: Any) -> datetime:
        if isinstance(value, str):
            with suppress(ValueError):
                value = datetime.fromisoformat(value)
        if isinstance(value, datetime) and timezone.is_naive(value):
            value = value.replace(tzinfo=UTC)
        return read_moment(name, value)

    return read
