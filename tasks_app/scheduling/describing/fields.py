"""The five fields of a crontab, read as sets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from celery.schedules import crontab_parser

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Fields:
    """What each field allows, in order; None allows everything. Weekdays are ISO: 1 is Monday.

    `either_day`: a day fires if the day of the month or the weekday fits, not only if both do.
    `follows_clock`: runs again in an hour that is repeated when clocks change, as `*` asks for.
    """

    minutes: Numbers | None
    hours: Numbers | None
    days: Numbers | None
    months: Numbers | None
    weekdays: Numbers | None
    either_day: bool
    follows_clock: bool


def read_fields(texts: Sequence[str], either_day: bool = False) -> Fields:
    """Read minute, hour, day of month, month of year and day of week."""
    minute, hour, day_of_month, month_of_year, day_of_week = texts
    days = _numbers(day_of_month, 31, lowest=1)
    weekdays = _weekdays(day_of_week)
    either = either_day and not _stars(day_of_month, day_of_week)
    if either and None in (days, weekdays):
        days = weekdays = None
    return Fields(
        minutes=_numbers(minute, 60),
        hours=_numbers(hour, 24),
        days=days,
        months=_numbers(month_of_year, 12, lowest=1),
        weekdays=weekdays,
        either_day=either and days is not None,
        follows_clock=_stars(minute, hour),
    )


def _stars(*texts: str) -> bool:
    return any(text.startswith("*") for text in texts)


def _numbers(text: str, count: int, lowest: int = 0) -> Numbers | None:
    found = crontab_parser(count, lowest).parse(text)
    return None if len(found) == count else tuple(sorted(found))


def _weekdays(text: str) -> Numbers | None:
    parts = ",".join(_sunday_as_zero(part) for part in text.split(","))
    numbers = _numbers(parts, 7)
    return numbers and tuple(sorted(number or 7 for number in numbers))


def _sunday_as_zero(part: str) -> str:
    """Celery knows Sunday only as 0; a range such as `5-7` wraps around its week."""
    reach, slash, step = part.partition("/")
    whole_week = re.sub(r"^(0+|sun\w*)-0*7$", "0-6", reach, flags=re.IGNORECASE)
    return re.sub(r"\b0*7\b", "0", whole_week) + slash + step
