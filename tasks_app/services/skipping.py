"""Putting aside one coming tick of a schedule, and taking that back."""

from datetime import datetime

from django.db import transaction

from tasks_app.exceptions import NoSuchTick
from tasks_app.models import Skip, Task
from tasks_app.scheduling.moments import write_moment
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_moment
from tasks_app.services.finding import get_task
from tasks_app.services.ticks import coming_of, skips_of, timer_of


@transaction.atomic
def skip_tick(actor: Actor, task: Task, at: datetime, reason: str = "") -> Skip:
    """Let the tick at `at` (UTC if it says no zone) be skipped; once more changes nothing.

    Raises NotFound, Invalid, NotScheduled, and NoSuchTick with the nearest coming ticks.
    """
    task = get_task(actor, task.pk)
    at = check_moment("at", at)
    # Under the lock the tick has either fired already, or beat will see the skip.
    timer, now = timer_of(task, locked=True)
    coming = coming_of(timer, now, skips_of([timer], now)[timer.pk])
    if not coming.holds(at):
        raise NoSuchTick(task.name, at, coming.nearest(at))
    skip, is_new = Skip.objects.get_or_create(
        schedule_id=timer.pk, scheduled_for=at, defaults={"user": actor.user, "reason": reason}
    )
    if is_new:
        after = {"scheduled_for": write_moment(at)}
        actor.note("skip_tick", "task", task.pk, after=after, reason=reason)
    return skip


@transaction.atomic
def unskip_tick(actor: Actor, task: Task, at: datetime, reason: str = "") -> bool:
    """Let a tick that was put aside run after all; return whether it was put aside."""
    task = get_task(actor, task.pk)
    at = check_moment("at", at)
    count, _ = Skip.objects.filter(schedule_id=task.schedule_id, scheduled_for=at).delete()
    if count:
        before = {"scheduled_for": write_moment(at)}
        actor.note("unskip_tick", "task", task.pk, before=before, reason=reason)
    return bool(count)
