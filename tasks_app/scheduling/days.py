"""The days that a crontab names, as numbers of days since 1970-01-01."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
LONGEST_MONTHS = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))
EVERY_DAY_OF_MONTH = frozenset(range(1, 32))
EVERY_MONTH = frozenset(LONGEST_MONTHS)
EVERY_DAY_OF_WEEK = frozenset(range(7))
PAGE = 64  # days that are looked through at once, and kept
# A 29 February on one given weekday can be 40 years away, over a year like 2100.
PAGES_AHEAD = 41 * 366 // PAGE


@dataclass(frozen=True, eq=False)
class Days:
    """Days of the month, months (1 to 12) and days of the week (Sunday is 0) that must fit.

    With `either` one of the two kinds of day is enough, otherwise both must fit.
    """

    of_month: frozenset[int]
    months: frozenset[int]
    of_week: frozenset[int]
    either: bool
    every: bool = field(init=False)  # whether no day is left out

    def __post_init__(self) -> None:
        full = self.of_month >= EVERY_DAY_OF_MONTH, self.of_week >= EVERY_DAY_OF_WEEK
        every = self.months >= EVERY_MONTH and (any(full) if self.either else all(full))
        object.__setattr__(self, "every", every)

    @property
    def exist(self) -> bool:
        """Whether there is such a day at all: 30 February is none."""
        if self.either:
            return True
        return any(day <= LONGEST_MONTHS[month] for month in self.months for day in self.of_month)

    def first(self, day: int) -> int | None:
        """The first day that is not before `day`; None if the next 41 years have none."""
        if self.every:
            return day
        here = day // PAGE
        days = _page(self, here)
        if days and days[-1] >= day:
            return days[bisect_left(days, day)]
        for number in range(here + 1, here + PAGES_AHEAD):
            if days := _page(self, number):
                return days[0]
        return None

    def count(self, first: int, end: int) -> int:
        """How many days from `first` up to, and without, `end`."""
        if self.every:
            return end - first
        low, high = first // PAGE, end // PAGE
        whole = sum(len(_page(self, number)) for number in range(low, high))
        return whole + bisect_left(_page(self, high), end) - bisect_left(_page(self, low), first)

    def __contains__(self, day: int) -> bool:
        return self.every or day in _page(self, day // PAGE)

    def fit(self, day: date) -> bool:
        """Whether this day is one of them."""
        if day.month not in self.months:
            return False
        fitting = day.day in self.of_month, day.isoweekday() % 7 in self.of_week
        return any(fitting) if self.either else all(fitting)


@lru_cache(maxsize=4096)
def _page(days: Days, number: int) -> tuple[int, ...]:
    return tuple(
        day
        for day in range(number * PAGE, (number + 1) * PAGE)
        if days.fit(date.fromordinal(day + EPOCH_ORDINAL))
    )
