"""What becomes of one due timer: pure, so that every policy can be tried without a database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from tasks_app.broker import Doorbell
from tasks_app.lifecycle import Tick
from tasks_app.models.ids import uuid7
from tasks_app.scheduling.catch_up import DEFAULT_WINDOW, ON_TIME, Moment, passed_moments
from tasks_app.scheduling.due import Due
from tasks_app.scheduling.overlapping import reason_to_wait
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.routing import route_of
from tasks_app.scheduling.situation import Situation
from tasks_app.states import CatchUp, Overlap, Reason


class Decision(NamedTuple):
    """The ticks of one timer, and how it goes on: the next moment, or None for never."""

    due: Due
    ticks: list[Tick]
    next_fire_at: datetime | None

    @property
    def runs(self) -> int:
        return sum(tick.is_run for tick in self.ticks)

    def bells(self) -> list[Doorbell]:
        """One for each run that starts at once."""
        return bells_of(self.due, self.ticks)


def bells_of(due: Due, ticks: Sequence[Tick]) -> list[Doorbell]:
    """Doorbells of the ticks that start at once."""
    limits = due.time_limit, due.soft_time_limit
    return [
        Doorbell(tick.id, tick.job, tick.queue, tick.priority, *limits)
        for tick in ticks
        if tick.is_rung
    ]


def decide(due: Due, situation: Situation) -> Decision:
    """Every moment up to now becomes a tick; what is after it is when the timer fires next."""
    plan, now = Plan.read(due.spec), due.now
    following = situation.following(due.spec, due.planned_for)
    if now - due.planned_for <= ON_TIME and (following is None or following > now):
        moments = [Moment(due.planned_for)]
    else:
        moments = moments_until(due, plan, now)
        following = plan.after(now)
    ticks = ticks_of(due, moments, situation)
    return Decision(due, ticks, None if _is_over(due, ticks) else following)


def moments_until(due: Due, plan: Plan, until: datetime) -> list[Moment]:
    """The moments from the planned one to `until`, as the task's catch-up decides."""
    window = timedelta(seconds=due.catch_up_window) if due.catch_up_window else DEFAULT_WINDOW
    policy = due.catch_up or CatchUp.LATEST
    return passed_moments(plan, due.planned_for, until, due.now, policy, window)


def ticks_of(due: Due, moments: Sequence[Moment], situation: Situation) -> list[Tick]:
    """The moments as rows: skipped by a person, over the number of runs, in each other's way."""
    route, offset = route_of(due, situation.routes), _offset(due)
    ticks: list[Tick] = []
    for number, moment in enumerate(moments):
        earlier = sum(tick.is_run for tick in ticks)
        is_last = number == len(moments) - 1
        reason = moment.reason or _reason(due, moment.at, earlier, is_last, situation)
        run_at = moment.at + offset
        if not reason and run_at > due.now:
            reason = Reason.DELAYED
        ticks.append(
            Tick(
                uuid7(),
                due.schedule_id,
                moment.at,
                reason,
                None if reason == Reason.BUFFERED else run_at,
                *route,
                moment.missed_from,
                moment.missed_count,
            )
        )
    return ticks


def _reason(
    due: Due, at: datetime, earlier: int, is_last: bool, situation: Situation
) -> Reason | str:
    if (due.schedule_id, at) in situation.skipped:
        return Reason.BY_PERSON
    limit = 1 if due.one_off else due.max_runs
    counted = earlier if due.one_off else due.run_count + earlier
    if limit is not None and counted >= limit:
        return Reason.MAX_RUNS
    if due.overlap in (None, Overlap.ALLOW):
        return ""
    return reason_to_wait(due, earlier, is_last, situation)


def _is_over(due: Due, ticks: Sequence[Tick]) -> bool:
    """Whether the schedule has had its last run."""
    runs = sum(tick.is_run for tick in ticks)
    if due.one_off and runs:
        return True
    return due.max_runs is not None and due.run_count + runs >= due.max_runs


def _offset(due: Due) -> timedelta:
    """The task's own place in its jitter: the same each time, so that a preview can tell it."""
    if not due.jitter:
        return timedelta()
    return timedelta(seconds=crc32(str(due.task_id).encode()) % (due.jitter + 1))
