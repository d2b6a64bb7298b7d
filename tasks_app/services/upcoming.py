"""The ticks that saved schedules have before them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heapreplace
from typing import Any

from django.db.models.functions import Now

from tasks_app.models import Skip, Task, Timer
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_number
from tasks_app.services.finding import check_owner
from tasks_app.services.ticks import Coming, coming_of

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
    coming = {timer: coming_of(timer, now) for timer in timers}
    return _with_skips(_merge(coming, now + timedelta(hours=hours), limit))


def _timers(actor: Actor, task: Task | None, hours: float) -> Any:
    """Those that can fire in time, the earliest first: no later one has one of the first ticks."""
    timers = Timer.objects.select_related("schedule__managed_task__owner").annotate(now=Now())
    if task is not None:
        return timers.filter(schedule_id=task.schedule_id)
    if not actor.user.is_superuser:
        timers = timers.filter(schedule__managed_task__owner=actor.user)
    return timers.coming().filter(next_fire_at__lte=Now() + timedelta(hours=hours))


def _merge(
    coming: dict[Timer, Coming], until: datetime, limit: int
) -> list[tuple[datetime, Timer]]:
    """The earliest ticks of all timers, computed no further than needed."""
    heads = [(at, timer.pk, timer) for timer, ticks in coming.items() if (at := ticks.first())]
    heapify(heads)
    found: list[tuple[datetime, Timer]] = []
    while heads and heads[0][0] <= until and len(found) < limit:
        at, pk, timer = heads[0]
        found.append((at, timer))
        if following := coming[timer].after(at):
            heapreplace(heads, (following, pk, timer))
        else:
            heappop(heads)
    return found


def _with_skips(found: list[tuple[datetime, Timer]]) -> list[Upcoming]:
    ids = {timer.pk for _, timer in found}
    moments = {at for at, _ in found}
    skips = Skip.objects.filter(schedule_id__in=ids, scheduled_for__in=moments)
    reasons = {(skip.schedule_id, skip.scheduled_for): skip.reason for skip in skips}
    return [
        Upcoming(
            getattr(timer.schedule, "managed_task", None),
            timer.pk,
            timer.schedule.name,
            at,
            skipped=(timer.pk, at) in reasons,
            skip_reason=reasons.get((timer.pk, at), ""),
        )
        for at, timer in found
    ]
