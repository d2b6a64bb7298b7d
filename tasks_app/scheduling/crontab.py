"""Five crontab fields, read once into the local times that they name."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Self

from celery.schedules import ParseException, crontab_parser

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.days import Days
from tasks_app.scheduling.moments import DAY

LONGEST_FIELD = 250
LONGEST_LINE = 2_000
LONGEST_QUOTE = 40


class Field(NamedTuple):
    """One of the five places: its numbers, and what may stand there."""

    name: str
    size: int
    first: int
    last: int
    example: str


FIELDS = (
    Field("minute", 60, 0, 59, "*/15"),
    Field("hour", 24, 0, 23, "8-18/2"),
    Field("day_of_month", 31, 1, 31, "1,15"),
    Field("month_of_year", 12, 1, 12, "jan,7-9"),
    Field("day_of_week", 7, 0, 7, "mon-fri"),
)


@dataclass(frozen=True)
class Crontab:
    """The local times that five fields name, in seconds since 1970-01-01 00:00 local time."""

    fields: tuple[str, ...]
    either_day: bool
    times: tuple[int, ...] = field(repr=False, compare=False)  # of a day, in seconds, in order
    days: Days = field(repr=False, compare=False)
    follows_clock: bool = field(repr=False, compare=False)

    @classmethod
    def parse(
        cls,
        minute: str,
        hour: str,
        day_of_month: str,
        month_of_year: str,
        day_of_week: str,
        either_day: bool = False,
    ) -> Self:
        """Read the fields as Celery does, and 7 as Sunday; ImpossibleSchedule where it cannot.

        Celery wants both kinds of day to fit. `either_day` is Vixie cron's rule: one is enough,
        unless a field of the two begins with `*`.
        """
        given = (minute, hour, day_of_month, month_of_year, day_of_week)
        texts = tuple(map(_clean, FIELDS, given))
        minutes, hours, of_month, months, of_week = map(_numbers, FIELDS, texts)
        restricted = not texts[2].startswith("*") and not texts[4].startswith("*")
        days = _days(of_month, months, of_week, either_day and restricted)
        if not days.exist:
            raise ImpossibleSchedule(
                f"day_of_month {_short(texts[2])} never comes in month_of_year {_short(texts[3])}: "
                "choose a day that one of these months has."
            )
        # Cron's rule: such a job wants the real clock, every other one its local time.
        follows_clock = texts[0].startswith("*") or texts[1].startswith("*")
        return cls(texts, either_day, _times(minutes, hours), days, follows_clock)

    @classmethod
    def parse_line(cls, text: str, either_day: bool = False) -> Self:
        """Read five fields from one line, with blanks between them."""
        if not isinstance(text, str) or len(text) > LONGEST_LINE:
            raise ImpossibleSchedule(
                f"A crontab is one text of at most {LONGEST_LINE} characters: shorten it."
            )
        return cls.read(text.split(), either_day)

    @classmethod
    def read(cls, fields: Sequence[str], either_day: bool = False) -> Self:
        """Read five fields in cron's order."""
        if not isinstance(fields, list | tuple) or len(fields) != len(FIELDS):
            count = f", not {len(fields)}" if isinstance(fields, list | tuple) else ""
            raise ImpossibleSchedule(
                f"A crontab has five fields{count}: write minute, hour, day_of_month, "
                "month_of_year and day_of_week, with * where any will do."
            )
        if not isinstance(either_day, bool):
            raise ImpossibleSchedule("either_day is yes or no: use true or false.")
        minute, hour, day_of_month, month_of_year, day_of_week = fields
        return cls.parse(minute, hour, day_of_month, month_of_year, day_of_week, either_day)

    def after(self, local: int) -> int | None:
        """The first named local time after `local`; None if it does not come for 41 years."""
        day, second = divmod(local, DAY)
        times = self.times
        if second >= times[-1]:
            day, second = day + 1, -1
        found = self.days.first(day)
        if found == day:
            return day * DAY + times[bisect_right(times, second)]
        return None if found is None else found * DAY + times[0]

    def count(self, after: int, until: int) -> int:
        """How many named local times lie after `after` and not after `until`."""
        first, last = after // DAY, until // DAY
        whole = self.days.count(first, last) * len(self.times)
        return whole + self._so_far(until) - self._so_far(after)

    def _so_far(self, local: int) -> int:
        """How many named times the day of `local` has had by then."""
        day, second = divmod(local, DAY)
        return bisect_right(self.times, second) if day in self.days else 0


def _clean(place: Field, text: object) -> str:
    if not isinstance(text, str):
        raise ImpossibleSchedule(f'{place.name} must be text, such as "{place.example}".')
    if len(text) > LONGEST_FIELD:
        raise ImpossibleSchedule(
            f"{place.name} is longer than {LONGEST_FIELD} characters: use ranges and steps, "
            f"such as {place.example}."
        )
    if not text.isprintable():
        raise ImpossibleSchedule(f"{place.name} holds a control character: remove it.")
    return text.strip()


@lru_cache(maxsize=4096)
def _numbers(place: Field, text: str) -> frozenset[int]:
    known = _with_one_sunday(text) if place.name == "day_of_week" else text
    try:
        found = frozenset(crontab_parser(place.size, place.first).parse(known))
    except (ValueError, ParseException):
        found = frozenset()
    if not found:
        raise ImpossibleSchedule(
            f"{place.name} {_short(text)} is not understood: use numbers from {place.first} to "
            f"{place.last}, ranges, lists and steps of 1 or more, such as "
            f"{place.example}."
        )
    return found


def _with_one_sunday(text: str) -> str:
    """Say 0 for every 7 that is a day and not a step; a week from 0 to 7 is 0 to 6."""
    text = re.sub(r"(?i)(?<![\w/-])(?:0+|sun\w*)-0*7\b", "0-6", text)
    return re.sub(r"(?<![\w/])0*7\b", "0", text)


_days = lru_cache(maxsize=1024)(Days)  # equal days share what they found


@lru_cache(maxsize=1024)
def _times(minutes: frozenset[int], hours: frozenset[int]) -> tuple[int, ...]:
    return tuple(hour * 3600 + minute * 60 for hour in sorted(hours) for minute in sorted(minutes))


def _short(text: str) -> str:
    return f'"{text}"' if len(text) <= LONGEST_QUOTE else f'"{text[:LONGEST_QUOTE]}…"'
