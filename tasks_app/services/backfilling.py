"""Running the ticks of a past range, again or for the first time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.exceptions import BackfillNotUnique, Invalid, TooManyTicks
from tasks_app.models import Task, TaskExecution
from tasks_app.services.actor import Actor
from tasks_app.services.admission import room_for, submit_run
from tasks_app.services.checking import check_arguments
from tasks_app.services.executing import LONGEST_DELAY, copied
from tasks_app.services.finding import get_task, lock_task
from tasks_app.services.past_range import PastRange
from tasks_app.states import Trigger

MOST = 1_000


@dataclass(frozen=True)
class BackfillPreview:
    """What a backfill of a range would run; `most` is how many it may."""

    count: int
    first: datetime | None
    last: datetime | None
    most: int = MOST


def preview_backfill(actor: Actor, task: Task, start: datetime, end: datetime) -> BackfillPreview:
    """Count the ticks from `start` up to, not at, `end`, as the schedule is now.

    Raises NotFound, NotScheduled, and Invalid for a range that is empty or not over yet.
    """
    past = PastRange(get_task(actor, task.pk), start, end)
    return BackfillPreview(past.count, past.first, past.last)


def backfill_task(
    actor: Actor,
    task: Task,
    start: datetime,
    end: datetime,
    *,
    order: Literal["in_order", "at_once"] = "in_order",
    pace: float = 0,
    reason: str = "",
) -> list[TaskExecution]:
    """Submit a run for each tick from `start` up to, not at, `end`; the oldest first.

    "in_order" starts each when no other run of the task is under way, "at_once" all of them,
    `pace` seconds apart. Their `scheduled_for` is the tick they stand for.
    Raises what `preview_backfill` raises, TooManyTicks, UnknownJob, ArgumentsDoNotFit,
    TooManyWaiting and NotUnique.
    """
    past = PastRange(get_task(actor, task.pk), start, end)
    # Nobody waits for the task while its ticks are computed.
    ticks = past.ticks(MOST + 1)
    if len(ticks) > MOST:
        raise TooManyTicks(past.count, MOST)
    _check_order(order, pace, len(ticks))
    with transaction.atomic():
        runs = _submit(actor, lock_task(actor, task.pk), ticks, order, pace)
        if runs:
            after = past.told() | {"count": len(runs), "order": order, "pace": pace}
            actor.note("backfill", "task", task.pk, after=after, reason=reason)
    stored = TaskExecution.objects.among(run.pk for run in runs)
    return list(stored.with_task_name().without_documents().order_by("scheduled_for"))


@transaction.atomic
def cancel_backfill(actor: Actor, task: Task, reason: str = "") -> int:
    """Stop the backfilled runs of a task that have not ended; return how many there were."""
    task = get_task(actor, task.pk)
    runs = task.executions.live().caused_by(Trigger.BACKFILL)
    count = lifecycle.cancel(list(runs.values_list("pk", flat=True)), actor.canceller)
    if count:
        actor.note("cancel_backfill", "task", task.pk, after={"count": count}, reason=reason)
    return count


def _check_order(order: str, pace: float, count: int) -> None:
    if order not in ("in_order", "at_once"):
        raise Invalid({"order": [f"{order} is no order: use in_order or at_once."]})
    if pace and order == "in_order":
        raise Invalid({"pace": ["Runs in order follow each other: a pace is for at_once."]})
    # NaN is refused too: it compares with nothing.
    if not 0 <= pace * max(count, 1) <= LONGEST_DELAY.total_seconds():
        raise Invalid(
            {"pace": ["A pace is 0 seconds or more, and the last run a year off at most."]}
        )


def _runs(actor: Actor, task: Task, ticks: list[datetime]) -> list[TaskExecution]:
    job = check_arguments(task.celery_task_name, task.args, task.kwargs)
    given = copied(actor, task, job) | {
        "trigger": Trigger.BACKFILL,
        "args": task.args,
        "kwargs": task.kwargs,
        "priority": task.priority,
        "queue": task.queue_for(task.priority),
    }
    return [TaskExecution(scheduled_for=tick, **given) for tick in ticks]


def _submit(
    actor: Actor, task: Task, ticks: list[datetime], order: str, pace: float
) -> list[TaskExecution]:
    runs = _runs(actor, task, ticks)
    if len(runs) == 1:
        submit_run(actor, task, runs[0])
        return runs
    if runs and task.unique_runs:
        raise BackfillNotUnique(task.name, len(runs))
    with room_for(task.owner_id, len(runs)):
        if order == "at_once":
            _submit_at_once(runs, pace)
        else:
            lifecycle.submit(runs[:1])
            lifecycle.submit(runs[1:], buffered=True)
    return runs


def _submit_at_once(runs: list[TaskExecution], pace: float) -> None:
    if pace:
        for number, run in enumerate(runs):
            run.run_at = Now() + timedelta(seconds=number * pace)
    lifecycle.submit(runs, delayed=bool(pace))
