"""What a schedule says, free of any language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tasks_app.scheduling.describing.fields import Numbers, read_fields
from tasks_app.scheduling.describing.moments import local
from tasks_app.scheduling.describing.timing import EveryMinutes, Timing, recognise_timing

MICROSECONDS = {"day": 86_400_000_000, "hour": 3_600_000_000, "minute": 60_000_000}
SECOND = 1_000_000


@dataclass(frozen=True)
class Days:
    """The days a crontab fires on; None restricts nothing. Weekdays are ISO: 1 is Monday."""

    days: Numbers | None
    months: Numbers | None
    weekdays: Numbers | None
    either: bool = False

    @property
    def are_all(self) -> bool:
        return self == Days(None, None, None)


@dataclass(frozen=True)
class Repeating:
    """By the wall clock."""

    timing: Timing
    days: Days

    @property
    def needs_no_zone(self) -> bool:
        """It says no time of any clock: `every 5 minutes`."""
        even = isinstance(self.timing, EveryMinutes) and self.timing.hours is None
        return even and self.days.are_all


@dataclass(frozen=True)
class Elapsing:
    """By elapsed time: pairs of amount and unit, the largest unit first."""

    amounts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Once:
    """At one moment, in the schedule's zone."""

    at: datetime


@dataclass(frozen=True)
class Sun:
    """By the sun at a place, in degrees."""

    event: str
    latitude: str
    longitude: str


What = Repeating | Elapsing | Once | Sun


@dataclass(frozen=True)
class Schedule:
    """What repeats, and between which moments in the schedule's zone."""

    what: What
    zone: str
    start: datetime | None
    end: datetime | None


def recognise(plan: Mapping[str, Any]) -> Schedule:
    """Read the canonical form of a plan."""
    zone = plan.get("zone") or "UTC"
    start, end = (moment and local(moment, zone) for moment in (plan.get("start"), plan.get("end")))
    return Schedule(KINDS[plan["kind"]](plan, zone), zone, start, end)


def _repeating(plan: Mapping[str, Any], _: str) -> Repeating:
    fields = read_fields(plan["fields"], plan.get("either_day", False))
    days = Days(fields.days, fields.months, fields.weekdays, fields.either_day)
    return Repeating(recognise_timing(fields), days)


def _elapsing(plan: Mapping[str, Any], _: str) -> Elapsing:
    return Elapsing(_amounts(plan["every_us"]))


def _once(plan: Mapping[str, Any], zone: str) -> Once:
    return Once(local(plan["at"], zone))


def _sun(plan: Mapping[str, Any], _: str) -> Sun:
    return Sun(plan["event"], _plain(plan["latitude"]), _plain(plan["longitude"]))


KINDS: dict[str, Callable[[Mapping[str, Any], str], What]] = {
    "crontab": _repeating,
    "interval": _elapsing,
    "clocked": _once,
    "solar": _sun,
}


def _amounts(microseconds: int) -> tuple[tuple[str, str], ...]:
    amounts = []
    for unit, size in MICROSECONDS.items():
        amount, microseconds = divmod(microseconds, size)
        amounts.append((str(amount), unit))
    amounts.append((_plain(Decimal(microseconds) / SECOND), "second"))
    return tuple((amount, unit) for amount, unit in amounts if amount != "0")


def _plain(number: float | Decimal) -> str:
    """All its digits, without an exponent or zeros at the end."""
    return f"{Decimal(str(number)).normalize() + 0:f}"
