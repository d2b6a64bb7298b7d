"""Cancelling: a fact in the row first; what runs is asked and then stopped."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from tasks_app import lifecycle
from tasks_app.exceptions import AlreadyEnded, NoLiveRun
from tasks_app.lifecycle import Canceller
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.models.execution_queries import TaskExecutionQuerySet
from tasks_app.services.actor import Actor
from tasks_app.services.finding import get_execution, get_task
from tasks_app.states import Trigger


@transaction.atomic
def cancel_execution(actor: Actor, execution: TaskExecution, reason: str = "") -> TaskExecution:
    """Stop one run: a waiting one is revoked at once, a running one is asked to stop.

    Raises AlreadyEnded with the outcome that stands.
    """
    execution = get_execution(actor, execution.pk)
    if not lifecycle.cancel([execution.pk], actor.canceller):
        execution.refresh_from_db()
        raise AlreadyEnded(execution.status, execution.finished_at)
    actor.note("cancel", "execution", execution.pk, reason=reason)
    execution.refresh_from_db()
    return execution


@transaction.atomic
def cancel_task(actor: Actor, task: Task, reason: str = "") -> list[TaskExecution]:
    """Stop all live runs of a task; return them, newest first. Raises NoLiveRun."""
    task = get_task(actor, task.pk)
    live = [execution.pk for execution in task.executions.live()]
    if not lifecycle.cancel(live, actor.canceller):
        raise NoLiveRun(task.name)
    # One that ended between the look and the update was not cancelled, and is not noted so.
    runs = TaskExecution.objects.among(live).asked_to_stop().newest_first()
    for run in runs:
        actor.note("cancel", "execution", run.pk, reason=reason)
    return list(runs)


def cancel_calls(ids: Sequence[UUID], *, by: str) -> int:
    """Stop those of these runs that are live, for a program without a user: Celery's `revoke`.

    `by` says in the audit trail who asked. Returns how many that changes: those that are over,
    asked already or without a row are none.
    """
    return _cancel_for(TaskExecution.objects.among(ids), by)


def cancel_stamped_calls(stamps: Mapping[str, Any], *, by: str) -> int:
    """The same for the live runs that carry one of these stamps; a name may have several."""
    stamped = TaskExecution.objects.live().with_stamps()
    return _cancel_for(
        TaskExecution.objects.among(pk for pk, has in stamped if _fits(has, stamps)), by
    )


def _fits(has: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return any(set(_listed(has.get(name))) & set(_listed(wanted[name])) for name in wanted)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@transaction.atomic
def _cancel_for(runs: TaskExecutionQuerySet, by: str) -> int:
    asked = [run.pk for run in runs.live().not_asked_to_stop()]
    count = lifecycle.cancel(asked, Canceller(None))
    Event.objects.bulk_create(
        Event(
            door=Trigger.CODE,
            user_name=by[:150],
            verb="cancel",
            subject="execution",
            subject_id=run.pk,
            reason="revoked",
        )
        for run in TaskExecution.objects.among(asked).asked_to_stop()
    )
    return count
