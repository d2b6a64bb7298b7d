"""The ticks that a schedule has before it, as its timer has planned them."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from tasks_app.exceptions import ImpossibleSchedule, NotScheduled
from tasks_app.models import Skip, Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.scheduling.definition import definition_of
from tasks_app.scheduling.plan import Plan
from tasks_app.states import CronSemantics

INSTANT = timedelta(microseconds=1)
# How far back a neighbour of a moment is looked for, step by step.
_STEPS = [timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366)]


class Coming:
    """The ticks of one timer that have not come yet; none while its schedule is disabled.

    `left` runs are still to start, or any number (None). A tick in `skipped` is no run.
    """

    def __init__(
        self,
        plan: Plan | None,
        earliest: datetime,
        left: int | None = None,
        skipped: Iterable[datetime] = (),
    ) -> None:
        self.plan, self.earliest, self.left = plan, earliest, left
        # An edit may have left a moment behind that is no tick any more.
        self.skipped = [] if left is None else sorted(filter(self._is_tick, skipped))

    def ticks(self) -> Iterator[datetime]:
        """All of them in order, each computed when it is asked for."""
        skipped, left, moment = set(self.skipped), self.left, self.earliest - INSTANT
        while self.plan and left != 0 and (tick := self.plan.after(moment)):
            yield tick
            if left is not None and tick not in skipped:
                left -= 1
            moment = tick

    def holds(self, moment: datetime) -> bool:
        """Whether a tick comes at exactly that moment."""
        return self._is_tick(moment) and self._end(moment) == moment

    def nearest(self, moment: datetime) -> list[datetime]:
        """The coming ticks before and after a moment, as far as there are any."""
        before, after = self._before(moment), self._after(moment)
        return [tick for tick in (before, after) if tick]

    def _is_tick(self, moment: datetime) -> bool:
        if self.plan is None or moment < self.earliest:
            return False
        return self.plan.after(moment - INSTANT) == moment

    def _after(self, moment: datetime) -> datetime | None:
        tick = self.plan.after(max(moment, self.earliest - INSTANT)) if self.plan else None
        return tick if tick and self._end(tick) == tick else None

    def _before(self, moment: datetime) -> datetime | None:
        if self.plan is None or moment <= self.earliest:
            return None
        moment = min(moment, self._end(moment) + INSTANT)
        for step in _STEPS:
            begin = max(self.earliest - INSTANT, moment - step)
            if count := self.plan.count_between(begin, moment - INSTANT):
                return self.plan.between(begin, moment - INSTANT, count)[-1]
        return None

    def _end(self, moment: datetime) -> datetime:
        """When the last run starts, if that is before `moment`; else `moment`."""
        if self.left is None:
            return moment
        low = high = self.earliest - INSTANT
        # By doubling and then by halving: between here and a far moment may lie millions.
        while self._runs_until(high) < self.left:
            if high >= moment:
                return moment
            low, high = high, high + min(moment - high, max(_STEPS[0], high - self.earliest))
        while high - low > INSTANT:
            middle = low + (high - low) / 2
            low, high = (middle, high) if self._runs_until(middle) < self.left else (low, middle)
        return high

    def _runs_until(self, moment: datetime) -> int:
        if self.plan is None:
            return 0
        ticks = self.plan.count_between(self.earliest - INSTANT, moment)
        return ticks - bisect_right(self.skipped, moment)


def coming_of(timer: Timer, now: datetime, skipped: Iterable[datetime]) -> Coming:
    """What the timer will fire, by its plan or, just after an edit, by the schedule's own row."""
    left = _runs_left(timer)
    if timer.next_fire_at and timer.next_fire_at > STALE and timer.planned_for:
        return Coming(plan_of(timer, now), timer.planned_for, left, skipped)
    stale = timer.next_fire_at == STALE and timer.schedule.enabled
    seen = timer.watermark + INSTANT if timer.watermark else now
    return Coming(plan_of(timer, now) if stale else None, max(now, seen), left, skipped)


def skips_of(timers: Collection[Timer], now: datetime) -> dict[int, dict[datetime, str]]:
    """By timer: the coming ticks that a person put aside, each with the reason."""
    earliest = min([now, *(timer.planned_for for timer in timers if timer.planned_for)])
    reasons: dict[int, dict[datetime, str]] = {timer.pk: {} for timer in timers}
    for skip in Skip.objects.filter(schedule_id__in=reasons, scheduled_for__gte=earliest):
        reasons[skip.schedule_id][skip.scheduled_for] = skip.reason
    return reasons


def _runs_left(timer: Timer) -> int | None:
    """None: any number. A schedule that runs once counts anew when it is enabled again."""
    if timer.schedule.one_off:
        return 1
    task: Task | None = getattr(timer.schedule, "managed_task", None)
    if task is None or task.max_runs is None:
        return None
    return max(0, task.max_runs - timer.run_count)


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
