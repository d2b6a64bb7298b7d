"""The ticks that saved schedules have before them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice, repeat, takewhile
from typing import Any

from django.db.models.functions import Now

from tasks_app.models import Task, Timer
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_number
from tasks_app.services.finding import check_owner
from tasks_app.services.ticks import Coming, coming_of, skips_of

MOST_TICKS = 1_000
MOST_HOURS = 366 * 24


@dataclass(frozen=True)
class Upcoming:
    """A tick to come; without a task for a schedule that other code made."""

    task: Task | None
    schedule_id: int
    schedule_name: str
    at: datetime
    skipped: bool
    skip_reason: str


def upcoming_ticks(
    actor: Actor, *, task: Task | None = None, hours: float = 24, limit: int = 100
) -> list[Upcoming]:
    """The ticks of the next `hours` (a year at most), the earliest first, `limit` of them.

    Of one task, or of all that the user may see; a superuser sees other code's schedules too.
    Raises NotFound and Invalid.
    """
    check_number("limit", limit, MOST_TICKS)
    check_number("hours", hours, MOST_HOURS)
    if task is not None:
        check_owner(actor, task)
    timers = list(_timers(actor, task, hours)[:limit])
    if not timers:
        return []
    now = timers[0].now
    reasons = skips_of(timers, now)
    found = _merge(
        {timer: coming_of(timer, now, reasons[timer.pk]) for timer in timers},
        now + timedelta(hours=hours),
    )
    return [_told(timer, at, reasons[timer.pk]) for at, timer in islice(found, limit)]


def _timers(actor: Actor, task: Task | None, hours: float) -> Any:
    """Those that can fire in time, the earliest first: no later one has one of the first ticks."""
    timers = Timer.objects.select_related("schedule__managed_task__owner").annotate(now=Now())
    if task is not None:
        return timers.filter(schedule_id=task.schedule_id)
    if not actor.user.is_superuser:
        timers = timers.filter(schedule__managed_task__owner=actor.user)
    return timers.coming().filter(next_fire_at__lte=Now() + timedelta(hours=hours))


def _merge(coming: dict[Timer, Coming], until: datetime) -> Iterator[tuple[datetime, Timer]]:
    """The ticks of all timers in order, computed no further than they are asked for."""
    merged = merge(
        *(
            zip(ticks.ticks(), repeat(timer.pk), repeat(timer), strict=False)
            for timer, ticks in coming.items()
        )
    )
    return ((at, timer) for at, _, timer in takewhile(lambda tick: tick[0] <= until, merged))


def _told(timer: Timer, at: datetime, reasons: dict[datetime, str]) -> Upcoming:
    return Upcoming(
        getattr(timer.schedule, "managed_task", None),
        timer.pk,
        timer.schedule.name,
        at,
        skipped=at in reasons,
        skip_reason=reasons.get(at, ""),
    )
