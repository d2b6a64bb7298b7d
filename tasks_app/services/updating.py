"""Changing a task. Runs that exist keep the policies they were submitted with."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from tasks_app.exceptions import Invalid, KeyTaken, VersionConflict
from tasks_app.models import Task
from tasks_app.models.task import EDITABLE
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_priority, check_task
from tasks_app.services.finding import lock_task


def update_task(
    actor: Actor, task: Task, *, version: int | None = None, reason: str = "", **changes: Any
) -> Task:
    """Change fields of a task and note what they were.

    With `version`, only if nobody changed the task since that version was read.
    Raises NotFound, VersionConflict, KeyTaken, Invalid, UnknownJob and ArgumentsDoNotFit.
    """
    _check_fields(changes)
    with transaction.atomic():
        current = lock_task(actor, task.pk)
        if version is not None and version != current.version:
            raise VersionConflict(current.version)
        before = {
            field: getattr(current, field)
            for field, value in changes.items()
            if getattr(current, field) != value
        }
        if before:
            _save(current, {field: changes[field] for field in before})
            after = {field: changes[field] for field in before}
            actor.note("update", "task", task.pk, before=before, after=after, reason=reason)
    return current


def _check_fields(changes: dict[str, Any]) -> None:
    if fixed := sorted(set(changes) - set(EDITABLE)):
        raise Invalid({field: ["This field cannot be changed."] for field in fixed})
    if "priority" in changes:
        changes["priority"] = check_priority(changes["priority"])


def enable_task(actor: Actor, task: Task, reason: str = "") -> Task:
    """Let the task's schedule start it again."""
    return update_task(actor, task, enabled=True, reason=reason)


def disable_task(actor: Actor, task: Task, reason: str = "") -> Task:
    """Keep the task's schedule from starting it; people and programs still can."""
    return update_task(actor, task, enabled=False, reason=reason)


def _save(task: Task, changes: dict[str, Any]) -> None:
    for field, value in changes.items():
        setattr(task, field, value)
    check_task(task)
    task.version += 1
    task.updated_at = Now()
    try:
        with transaction.atomic():
            task.save(update_fields=[*changes, "version", "updated_at"])
    except IntegrityError as error:
        if "key" not in changes:
            raise
        raise KeyTaken(task.key or "") from error
    task.refresh_from_db(fields=["updated_at"])
