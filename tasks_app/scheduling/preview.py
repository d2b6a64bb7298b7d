"""What a schedule would do: its next fires, and what is odd about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tasks_app.models import Timer
from tasks_app.scheduling.crontab import Crontab
from tasks_app.scheduling.definition import Definition
from tasks_app.scheduling.moments import EPOCH
from tasks_app.scheduling.plan import LATEST

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Fire:
    """One coming fire in UTC, in the schedule's own zone and in the asked one."""

    at: datetime
    local: datetime
    shown: datetime
    notes: list[str]


def preview(
    definition: Definition, *, either_day: bool, after: datetime, count: int, zone: str
) -> list[Fire]:
    """The next `count` fires later than `after`, shown in `zone` too.

    An interval without `start_time` counts from `after`. Raises ImpossibleSchedule.
    """
    plan = definition.plan(after, either_day=either_day)
    own, asked = ZoneInfo(definition.timezone or "UTC"), ZoneInfo(zone)
    crontab = Crontab.parse_line(definition.crontab, either_day) if definition.crontab else None
    return [
        Fire(
            at,
            at.astimezone(own),
            at.astimezone(asked),
            list(_notes(at, crontab, own)) if crontab else [],
        )
        for at in plan.between(after, LATEST, count)
    ]


def notes_on(
    definition: Definition, fires: list[Fire], *, either_day: bool, besides: int | None = None
) -> list[str]:
    """What people should know of the schedule as a whole; `besides` is the row it is kept in."""
    notes = []
    if _restricts_both_days(definition):
        notes.append(
            "It fires on days that fit day of month or day of week, as cron has it."
            if either_day
            else "It fires only on days that fit both day of month and day of week, as Celery has "
            "it; cron would take either."
        )
    if not fires:
        notes.append("It never fires again.")
    elif others := _others_at(fires[0].at, besides):
        notes.append(
            f"At {fires[0].local:%Y-%m-%d %H:%M:%S} it fires together with {others} other "
            f"schedule{'' if others == 1 else 's'}."
        )
    return notes


def _others_at(moment: datetime, besides: int | None) -> int:
    timers = Timer.objects.coming().filter(next_fire_at=moment)
    return timers.exclude(schedule_id=besides).count()


def _restricts_both_days(definition: Definition) -> bool:
    fields = definition.crontab.split(" ")
    return len(fields) > 1 and not fields[2].startswith("*") and not fields[4].startswith("*")


def _notes(at: datetime, crontab: Crontab, zone: ZoneInfo) -> Iterator[str]:
    """What a clock change does to one fire of a crontab."""
    local = at.astimezone(zone)
    if (missing := _missing(at, crontab, zone)) is not None:
        yield (
            f"The local time {missing:%H:%M} does not exist on that day; it runs at {local:%H:%M} "
            "instead."
        )
    if _comes_twice(local):
        runs = "each time" if crontab.follows_clock else "the first time only"
        yield f"The local time {local:%H:%M} comes twice on that day; it runs {runs}."


def _missing(at: datetime, crontab: Crontab, zone: ZoneInfo) -> datetime | None:
    """The first time that the crontab names in the gap that ends at this fire."""
    begin, end = (_local_seconds(at, moment.astimezone(zone)) for moment in (at - _SECOND, at))
    if crontab.follows_clock or begin >= end:
        return None
    named = crontab.after(begin - 1)
    return EPOCH + timedelta(seconds=named) if named is not None and named < end else None


def _local_seconds(at: datetime, shown: datetime) -> int:
    """What a clock with the offset of `shown` says at `at`, in seconds since 1970 there."""
    offset = shown.utcoffset() or timedelta()
    return (at.astimezone(UTC) - EPOCH + offset) // _SECOND


def _comes_twice(local: datetime) -> bool:
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second
