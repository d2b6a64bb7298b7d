"""Replacing a task: what is not said is as in a new one."""

from typing import Any

from tasks_app.models import Task
from tasks_app.models.task import EDITABLE
from tasks_app.scheduling.definition import MOMENTS
from tasks_app.services.actor import Actor
from tasks_app.services.updating import update_task

# By it others know the task, as by its id.
STAYS = "key"


def replace_task(
    actor: Actor,
    task: Task,
    *,
    name: str,
    celery_task_name: str,
    version: int | None = None,
    reason: str = "",
    **fields: Any,
) -> Task:
    """Let a task be what is said; every other field gets its default, but its key stays.

    A schedule that is not said goes, and one that is said as it was goes on as if nothing had
    happened. With `version`, only if nobody changed the task since that was read.
    Raises what `update_task` raises.
    """
    said = {"name": name, "celery_task_name": celery_task_name, **fields}
    return update_task(actor, task, version=version, reason=reason, **(_defaults() | said))


def _defaults() -> dict[str, Any]:
    """What a new task has where nothing is said, by the model's own fields."""
    fields: dict[str, Any] = {
        name: Task._meta.get_field(name).get_default()  # type: ignore[union-attr]
        for name in EDITABLE
        if name != STAYS
    }
    return fields | dict.fromkeys(MOMENTS)
