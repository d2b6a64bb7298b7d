"""What becomes of one due timer: pure, so that every policy can be tried without a database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from tasks_app.broker import Doorbell
from tasks_app.lifecycle import Tick
from tasks_app.lifecycle.ticks import REASONS_TO_WAIT
from tasks_app.models.ids import uuid7
from tasks_app.models.unique_keys import NO_KEYS
from tasks_app.scheduling.catch_up import DEFAULT_WINDOW, ON_TIME, Moment, passed_moments
from tasks_app.scheduling.due import Due
from tasks_app.scheduling.fate import Fate, fate_of
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.routing import route_of
from tasks_app.scheduling.situation import Situation
from tasks_app.scheduling.unique_ticks import only_the_last_replaces
from tasks_app.states import CatchUp, Reason


class Decision(NamedTuple):
    """The ticks of one timer, and the moment of its plan that follows them, or None for none."""

    due: Due
    ticks: list[Tick]
    following: datetime | None

    @property
    def next_fire_at(self) -> datetime | None:
        """How the timer goes on: None for never again."""
        return None if _is_over(self.due, self.ticks) else self.following

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
    return Decision(due, ticks_of(due, moments, situation), following)


def moments_until(due: Due, plan: Plan, until: datetime) -> list[Moment]:
    """The moments from the planned one to `until`, as the task's catch-up decides."""
    window = timedelta(seconds=due.catch_up_window) if due.catch_up_window else DEFAULT_WINDOW
    policy = due.catch_up or CatchUp.LATEST
    return passed_moments(plan, due.planned_for, until, due.now, policy, window)


def ticks_of(due: Due, moments: Sequence[Moment], situation: Situation) -> list[Tick]:
    """The moments as rows: to run, to wait, or skipped with the reason."""
    route, offset = route_of(due, situation.routes), _offset(due)
    is_held = situation.held.covers(route.queue, due.task_id)
    keys = situation.keys.get(due.task_id, NO_KEYS) if due.task_id else NO_KEYS
    ticks: list[Tick] = []
    for number, moment in enumerate(moments):
        fate = Fate(moment.reason)
        if not moment.reason:
            earlier = sum(tick.is_run for tick in ticks)
            is_last = number == len(moments) - 1
            fate = fate_of(due, moment.at, earlier, situation, is_last=is_last, is_held=is_held)
        reason, error = fate
        run_at = moment.at + offset
        if not reason and (is_held or run_at > due.now):
            reason = Reason.DELAYED if run_at > due.now else Reason.PAUSED
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
                error,
                *(keys if reason in REASONS_TO_WAIT else NO_KEYS),
            )
        )
    return only_the_last_replaces(due, ticks)


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
