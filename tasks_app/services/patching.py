"""Changing a task and saying what became of its present run: all of it or nothing."""

from typing import Any

from django.db import transaction

from tasks_app.exceptions import Invalid
from tasks_app.models import Task
from tasks_app.services.actor import Actor
from tasks_app.services.reporting_back import update_task_progress, update_task_status
from tasks_app.services.updating import update_task

# What is said of the run, not of the task.
OF_RUN = ("status", "progress", "result", "error")


@transaction.atomic
def patch_task(
    actor: Actor, task: Task, *, version: int | None = None, reason: str = "", **said: Any
) -> None:
    """Change only what is said: fields of the task and its schedule, and those of its present run.

    A final `status` ends that run, as `update_task_status` does, with `result` and `error`;
    `progress` alone, or with "running", only tells how far it is.
    Raises what `update_task` and `update_task_status` raise, and then changes nothing.
    """
    of_run = {field: said.pop(field) for field in OF_RUN if field in said}
    if said or version is not None:
        update_task(actor, task, version=version, reason=reason, **said)
    if "status" in of_run:
        update_task_status(actor, task.pk, **of_run, reason=reason)
    elif of_run:
        if ending := [field for field in of_run if field != "progress"]:
            raise Invalid({field: ["Say the final status with it."] for field in ending})
        update_task_progress(actor, task.pk, **of_run)
