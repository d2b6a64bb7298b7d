"""Deleting a task."""

from typing import Literal

from django.db import transaction

from tasks_app import lifecycle
from tasks_app.exceptions import StillLive
from tasks_app.models import Task
from tasks_app.services.actor import Actor
from tasks_app.services.finding import lock_schedule, lock_task
from tasks_app.services.schedules import remove_schedule


@transaction.atomic
def delete_task(
    actor: Actor,
    task: Task,
    *,
    live: Literal["cancel", "refuse"] = "cancel",
    history: Literal["keep", "remove"] = "keep",
    reason: str = "",
) -> None:
    """Remove a task with its schedule. What waits is revoked, what runs is asked to stop.

    Its executions stay, without a task; with `history="remove"` those that have ended go too.
    With `live="refuse"` raises StillLive instead of stopping anything.
    """
    # First the locks: a run that is submitted meanwhile is either seen here or finds no task.
    lock_schedule(task.pk)
    task = lock_task(actor, task.pk, to_delete=True)
    running = [execution.pk for execution in task.executions.live()]
    if running and live == "refuse":
        raise StillLive(task.name, len(running))
    lifecycle.cancel(running, actor.canceller)
    if history == "remove":
        task.executions.final().delete()
    before = {"name": task.name, "key": task.key, "job": task.celery_task_name}
    actor.note("delete", "task", task.pk, before=before, reason=reason)
    if task.schedule_id:
        remove_schedule(task)
    task.delete()
