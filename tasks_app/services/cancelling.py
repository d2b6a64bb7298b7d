"""Cancelling: a fact in the row first; what runs is asked and then stopped."""

from django.db import transaction

from tasks_app import lifecycle
from tasks_app.exceptions import AlreadyEnded, NoLiveRun
from tasks_app.models import Task, TaskExecution
from tasks_app.services.actor import Actor
from tasks_app.services.finding import get_execution, get_task


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
