"""Why one moment of a task's schedule ran, did not run, or will."""

from datetime import datetime
from typing import Protocol

from tasks_app.models import Task, TaskExecution, Timer
from tasks_app.models.timer import STALE
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.firing import explain_schedule, explain_skip, skip_of, timer_of
from tasks_app.reporting.explaining.held import explain_paused
from tasks_app.reporting.explaining.history import last_switch, was_edited_since, was_enabled
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at as told_at
from tasks_app.reporting.explaining.moments import clock
from tasks_app.reporting.explaining.runs import explain_run


class Planned(Protocol):
    """What computes the moments of a schedule; it lies above this package."""

    def between(self, after: datetime, until: datetime, most: int) -> list[datetime]:
        """The moments in (after, until], at most so many."""


def explain_tick(task: Task, at: datetime, plan: Planned | None = None) -> Explanation:
    """What became of the planned moment `at` (aware), or what will become of it.

    `plan` is that of the task's timer. Without it only the next moment is known to be one. Raises
    DoesNotExist if the task was deleted.
    """
    task = Task.objects.select_related("schedule").get(pk=task.pk)
    machines = Machines()
    if run := _row_of(task, at):
        return explain_run(run, machines)
    if gap := TaskExecution.objects.of_task(task.pk).of_gap_around(at).first():
        return explain_run(gap, machines).proven_by(f"{clock(at)} lies in that gap.")
    if at < task.created_at:
        sentence = f"The task was created only at {clock(task.created_at)}."
        return Explanation("before_creation", sentence)
    timer = timer_of(task)
    if at > machines.now:
        return _coming(task, timer, at, plan, machines)
    return _past(task, timer, at, plan, machines)


def _row_of(task: Task, at: datetime) -> TaskExecution | None:
    """That of its schedule; else that of a schedule it had, or of a backfill."""
    runs = TaskExecution.objects.without_documents()
    by_schedule = runs.of_tick(task.schedule_id, at).first() if task.schedule_id else None
    return by_schedule or runs.of_task(task.pk).for_moment(at).newest_first().first()


def _coming(
    task: Task, timer: Timer | None, at: datetime, plan: Planned | None, machines: Machines
) -> Explanation:
    schedule = explain_schedule(task, machines)
    if timer is None or timer.next_fire_at in (None, STALE) or not task.enabled:
        return schedule
    known = _is_moment(timer, at, plan)
    if known is False:
        return _not_a_moment(at, timer)
    if skip := skip_of(task, at):
        return explain_skip(skip, machines)
    if schedule.code not in ("scheduled", "will_be_skipped", "due"):
        return schedule
    if known is None:
        sentence = f"{clock(at)} lies after the next moment of its schedule, which is known."
        return Explanation("unknown", sentence, [schedule.sentence])
    planned = f"Its schedule starts it at {told_at(at, machines.now)}."
    paused = explain_paused(task, machines, at)
    return paused.proven_by(planned) if paused else Explanation("scheduled", planned)


def _past(
    task: Task, timer: Timer | None, at: datetime, plan: Planned | None, machines: Machines
) -> Explanation:
    if not was_enabled(task, at):
        return _was_disabled(task, at)
    if timer is None:
        return explain_schedule(task, machines)
    edited = was_edited_since(task, at)
    if not edited and _is_moment(timer, at, plan) is False:
        return _not_a_moment(at, timer)
    if timer.next_fire_at and STALE < timer.next_fire_at <= at:
        return explain_schedule(task, machines)
    facts = ["The task was edited since then, so its schedule may have been another."]
    return Explanation(
        "unknown",
        f"There is no row of {clock(at)}: its schedule did not plan it, or its row was pruned.",
        facts if edited else [],
    )


def _is_moment(timer: Timer, at: datetime, plan: Planned | None) -> bool | None:
    """Whether the schedule names `at`; None if that cannot be told without its plan."""
    if plan is not None:
        return at in plan.between(at - datetime.resolution, at, 1)
    if at == timer.planned_for:
        return True
    if timer.planned_for is None or timer.watermark is None:
        return None
    return False if timer.watermark < at < timer.planned_for else None


def _not_a_moment(at: datetime, timer: Timer) -> Explanation:
    following = timer.next_fire_at
    known = following if following and following > STALE else None
    fact = f"Its next moment is {clock(known)}." if known else ""
    return Explanation("not_a_moment", f"{clock(at)} is no moment of its schedule.", [fact])


def _was_disabled(task: Task, at: datetime) -> Explanation:
    event = last_switch(task, at)
    since = f" since {clock(event.at)}" if event else ""
    who = f", by {event.user_name or event.door}" if event else ""
    sentence = f"The task was disabled at {clock(at)}{since}{who}."
    return Explanation("disabled", sentence, [event.reason if event else ""])
