"""Changing a task. Runs that exist keep the policies they were submitted with."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from tasks_app.exceptions import Invalid, KeyTaken, VersionConflict
from tasks_app.models import Task
from tasks_app.models.task import EDITABLE
from tasks_app.scheduling.definition import MOMENTS
from tasks_app.scheduling.edits import take_own_edit
from tasks_app.services.actor import Actor
from tasks_app.services.arguments import meant_arguments
from tasks_app.services.checking import check_priority, check_task
from tasks_app.services.finding import lock_schedule, lock_task
from tasks_app.services.rescheduling import ScheduleChange, apply_change, read_change
from tasks_app.services.schedules import tell_schedule


def update_task(
    actor: Actor, task: Task, *, version: int | None = None, reason: str = "", **changes: Any
) -> Task:
    """Change fields of a task or of its schedule and note what they were.

    Another kind of schedule replaces the present one; None takes a part away, and with its only
    kind the schedule. Secrets that come back as they are shown, as `***`, keep their values. With
    `version`, only if nobody changed the task since that was read.
    Raises NotFound, VersionConflict, KeyTaken, Invalid, UnknownJob and ArgumentsDoNotFit.
    """
    _check_fields(changes)
    moments = {field: changes.pop(field) for field in MOMENTS if field in changes}
    with transaction.atomic():
        lock_schedule(task.pk)
        current = lock_task(actor, task.pk)
        if version is not None and version != current.version:
            raise VersionConflict(current.version)
        changes |= meant_arguments(current, changes)
        before = {
            field: getattr(current, field)
            for field, value in changes.items()
            if getattr(current, field) != value
        }
        changes = {field: changes[field] for field in before}
        schedule = read_change(current, moments, changes)
        if before or schedule:
            _save(current, changes, schedule)
            before, after = before | schedule.told_before, changes | schedule.told_after
            actor.note("update", "task", task.pk, before=before, after=after, reason=reason)
    return current


def _check_fields(changes: dict[str, Any]) -> None:
    if fixed := sorted(set(changes) - {*EDITABLE, *MOMENTS}):
        raise Invalid({field: ["This field cannot be changed."] for field in fixed})
    if "priority" in changes:
        changes["priority"] = check_priority(changes["priority"])


def enable_task(actor: Actor, task: Task, reason: str = "") -> Task:
    """Let the task's schedule start it again."""
    return update_task(actor, task, enabled=True, reason=reason)


def disable_task(actor: Actor, task: Task, reason: str = "") -> Task:
    """Keep the task's schedule from starting it; people and programs still can."""
    return update_task(actor, task, enabled=False, reason=reason)


def _save(task: Task, changes: dict[str, Any], schedule: ScheduleChange) -> None:
    for field, value in changes.items():
        setattr(task, field, value)
    check_task(task)
    written = [*changes, "version", "updated_at"]
    if task.schedule_id or schedule:
        apply_change(task, schedule)
        tell_schedule(task, set(changes))
        written += ["schedule", "agreed"]
    task.version += 1
    task.updated_at = Now()
    try:
        with transaction.atomic():
            task.save(update_fields=written)
    except IntegrityError as error:
        if "key" not in changes:
            raise
        raise KeyTaken(task.key or "") from error
    if task.schedule_id:
        take_own_edit(task.schedule_id)
    task.refresh_from_db(fields=["updated_at"])
