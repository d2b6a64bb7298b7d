"""The ticks that a schedule has before it, as its timer has planned them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from tasks_app.exceptions import ImpossibleSchedule, NotScheduled
from tasks_app.models import Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.scheduling.definition import definition_of
from tasks_app.scheduling.plan import Plan
from tasks_app.states import CronSemantics

INSTANT = timedelta(microseconds=1)
# How far back a neighbour of a moment is looked for, step by step.
_STEPS = [timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366)]


class Coming:
    """The ticks of one timer that have not come yet; none while its schedule is disabled."""

    def __init__(self, plan: Plan | None, earliest: datetime) -> None:
        self.plan, self.earliest = plan, earliest

    def first(self) -> datetime | None:
        """The next tick."""
        return self.after(self.earliest - INSTANT)

    def after(self, moment: datetime) -> datetime | None:
        """The first coming tick later than `moment`."""
        return self.plan.after(max(moment, self.earliest - INSTANT)) if self.plan else None

    def holds(self, moment: datetime) -> bool:
        """Whether a tick comes at exactly that moment."""
        return moment >= self.earliest and self.after(moment - INSTANT) == moment

    def nearest(self, moment: datetime) -> list[datetime]:
        """The coming ticks before and after a moment, as far as there are any."""
        before, after = self._before(moment), self.after(moment)
        return [tick for tick in (before, after) if tick]

    def _before(self, moment: datetime) -> datetime | None:
        if self.plan is None or moment <= self.earliest:
            return None
        for step in _STEPS:
            begin = max(self.earliest - INSTANT, moment - step)
            if count := self.plan.count_between(begin, moment - INSTANT):
                return self.plan.between(begin, moment - INSTANT, count)[-1]
        return None


def coming_of(timer: Timer, now: datetime) -> Coming:
    """What the timer will fire, by its plan or, just after an edit, by the schedule's own row."""
    if timer.next_fire_at and timer.next_fire_at > STALE and timer.planned_for:
        return Coming(plan_of(timer, now), timer.planned_for)
    stale = timer.next_fire_at == STALE and timer.schedule.enabled
    seen = timer.watermark + INSTANT if timer.watermark else now
    return Coming(plan_of(timer, now) if stale else None, max(now, seen))


def plan_of(timer: Timer, now: datetime) -> Plan | None:
    """When the schedule fires, enabled or not; None if that cannot be computed."""
    try:
        if timer.spec and timer.next_fire_at != STALE:
            return Plan.read(timer.spec)
        task = Task.objects.filter(schedule_id=timer.schedule_id).first()
        either_day = task is not None and task.cron_semantics == CronSemantics.CRON
        definition = definition_of(timer.schedule)
        return definition.plan(timer.anchor or timer.edited_until or now, either_day=either_day)
    except ImpossibleSchedule:
        return None


def timer_of(task: Task, *, locked: bool = False) -> tuple[Timer, datetime]:
    """The timer of a task's schedule, and the database's time. Raises NotScheduled."""
    timers = Timer.objects.filter(schedule_id=task.schedule_id)
    if locked:
        timers = timers.select_for_update()
    timer: Any = timers.annotate(now=Now()).first()
    if timer is None:
        raise NotScheduled(task.name)
    return timer, timer.now
