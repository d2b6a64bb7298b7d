"""What a schedule says, in the flat fields that every door speaks."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.moments import write_moment
from tasks_app.scheduling.plan import Plan

# A schedule has exactly one of these.
KINDS = ("crontab", "interval", "solar", "scheduled_time")
MOMENTS = (*KINDS, "timezone", "start_time", "end_time")
FIELDS_OF_CRONTAB = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
# Seconds; microseconds are only found in rows that others made.
UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_MICROSECONDS = "microseconds"
NO_ZONE = "?"


class Solar(NamedTuple):
    """An event of the sun, seen from degrees north and east."""

    event: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Definition:
    """One kind of schedule and its bounds. The interval is in seconds, all moments are aware."""

    crontab: str = ""
    timezone: str = ""
    interval: float | None = None
    scheduled_time: datetime | None = None
    solar: Solar | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None

    @property
    def kind(self) -> str:
        """The field that says when; empty for a row that others left without any."""
        return next((kind for kind in KINDS if getattr(self, kind) not in ("", None)), "")

    def fields(self) -> dict[str, Any]:
        """The flat fields as plain JSON, None where nothing is said; they can be read again."""
        return {
            "crontab": self.crontab or None,
            "interval": self.interval,
            "solar": self.solar._asdict() if self.solar else None,
            "scheduled_time": _text(self.scheduled_time),
            "timezone": self.timezone or None,
            "start_time": _text(self.start_time),
            "end_time": _text(self.end_time),
        }

    def plan(self, anchor: datetime, *, either_day: bool = False) -> Plan:
        """When it fires; an interval without `start_time` counts from `anchor`.

        Raises ImpossibleSchedule.
        """
        bounds = (self.start_time, self.end_time)
        if self.crontab:
            return Plan.crontab(self.crontab.split(" "), self.timezone, either_day, *bounds)
        if self.interval is not None:
            every = timedelta(seconds=self.interval)
            first = 0 if self.start_time else 1
            return Plan.interval(every, self.start_time or anchor, first, *bounds)
        if self.solar:
            return Plan.solar(*self.solar, *bounds)
        if self.scheduled_time:
            return Plan.clocked(self.scheduled_time, *bounds)
        raise ImpossibleSchedule(f"The schedule says no time: give it one of {', '.join(KINDS)}.")


def definition_of(schedule: PeriodicTask) -> Definition:
    """What a stored schedule says; what cannot be read is left out, so nothing raises here.

    Of several kinds in one row the first counts, in django-celery-beat's order.
    """
    bounds = {"start_time": schedule.start_time, "end_time": schedule.expires}
    try:
        return Definition(**_kind_of(schedule), **bounds)
    except ObjectDoesNotExist:
        return Definition(**bounds)


def _kind_of(schedule: PeriodicTask) -> dict[str, Any]:
    if schedule.interval_id:
        return {"interval": _seconds(schedule.interval)}
    if schedule.crontab_id:
        return _crontab_of(schedule)
    if schedule.solar_id:
        sun = schedule.solar
        return {"solar": Solar(sun.event, float(sun.latitude), float(sun.longitude))}
    return {"scheduled_time": schedule.clocked.clocked_time} if schedule.clocked_id else {}


def _crontab_of(schedule: PeriodicTask) -> dict[str, Any]:
    try:
        row = schedule.crontab
        zone = str(row.timezone)
    except ValidationError:  # reading the row raises for a zone that this system does not know
        row = CrontabSchedule.objects.defer("timezone").get(pk=schedule.crontab_id)
        zone = NO_ZONE
    texts = (without_blanks(getattr(row, name)) for name in FIELDS_OF_CRONTAB)
    return {"crontab": " ".join(texts), "timezone": zone}


def without_blanks(field: str) -> str:
    """A field of a crontab as it stands in a line: without blanks around its commas."""
    return re.sub(r"\s*,\s*", ",", field.strip()) or "*"


def _seconds(interval: IntervalSchedule) -> float:
    if interval.period == _MICROSECONDS:
        return float(interval.every / 1_000_000)
    return int(interval.every * UNITS.get(interval.period, 0))


def _text(moment: datetime | None) -> str | None:
    return write_moment(moment) if moment else None
