"""A task and its schedule's row say the same: who was edited tells the other one.

Both hold the job, its arguments and more, and anybody may edit either. `Task.agreed` is what both
said last, so that an edit is known from what it was not.
"""

import json
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask

from tasks_app import registry
from tasks_app.broker import BROKER_PRIORITY
from tasks_app.models import Event, Task, Timer
from tasks_app.models.validators import validate_args, validate_kwargs, validate_queue
from tasks_app.redaction import redact
from tasks_app.states import Trigger, nearest_priority

# By the word in `agreed`: the task's field.
FIELDS = {
    "job": "celery_task_name",
    "args": "args",
    "kwargs": "kwargs",
    "enabled": "enabled",
    "queue": "queue",
    "priority": "priority",
}
_EMPTY = {"args": "[]", "kwargs": "{}"}
REASON = "Edited in the schedule's own row."


def differing(schedule_ids: Collection[int]) -> dict[int, UUID]:
    """Of these schedules those that do not say what their task says, with the task's id."""
    linked = Task.objects.filter(schedule_id__in=schedule_ids)
    return {
        task.schedule.pk: task.pk
        for task in linked.select_related("schedule__clocked")
        if task.schedule and not _is_agreed(task, task.schedule)
    }


def said_by_task(task: Task) -> dict[str, Any]:
    """What the task says of its runs, in the words of `agreed`."""
    return {word: getattr(task, field) for word, field in FIELDS.items()}


def columns_for(said: dict[str, Any]) -> dict[str, Any]:
    """The same as columns of a schedule's row."""
    write: dict[str, Callable[[Any], Any]] = {
        "args": _json,
        "kwargs": _json,
        "queue": lambda queue: queue or None,
        "priority": BROKER_PRIORITY.__getitem__,
    }
    return {
        "task" if word == "job" else word: write.get(word, lambda same: same)(value)
        for word, value in said.items()
    }


def said_by_schedule(schedule: PeriodicTask) -> dict[str, Any]:
    """What the row says, without what no task may have: the tick sets such a row aside."""
    said: dict[str, Any] = {"priority": int(nearest_priority(schedule.priority))}
    if schedule.enabled or not _is_done(schedule):
        said["enabled"] = schedule.enabled
    if registry.find(schedule.task):
        said["job"] = schedule.task
    for word, validate in _VALIDATORS.items():
        try:
            value = _value(word, getattr(schedule, word))
            validate(value)
        except (ValueError, RecursionError, ValidationError):
            continue
        said[word] = value
    return said


def _value(word: str, text: str | None) -> Any:
    if word == "queue":
        return text or ""
    return json.loads(text or _EMPTY[word])


def _validate_queue(queue: str) -> None:
    if queue:
        validate_queue(queue)


def _is_done(schedule: PeriodicTask) -> bool:
    """A fired one-off is disabled by beat, as stock users expect: nobody edited it."""
    fired = schedule.last_run_at
    if not (schedule.one_off and fired):
        return False
    return schedule.clocked is None or fired >= schedule.clocked.clocked_time


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_agreed(task: Task, schedule: PeriodicTask) -> bool:
    agreed = task.agreed
    if agreed is None:
        return False
    return said_by_task(task) == agreed and not _differences(said_by_schedule(schedule), agreed)


def _differences(said: dict[str, Any], agreed: dict[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in said.items() if agreed.get(word) != value}


_VALIDATORS: dict[str, Callable[[Any], None]] = {
    "args": validate_args,
    "kwargs": validate_kwargs,
    "queue": _validate_queue,
}


@transaction.atomic
def agree(task_id: UUID) -> bool:
    """Bring a task and its schedule's row together; what was edited in both, the row wins.

    Returns False if somebody else is editing one of them: nothing is done then, and nobody waits.
    Call it without a lock on the timer.
    """
    tasks = Task.objects.select_for_update(no_key=True, skip_locked=True)
    task = tasks.filter(pk=task_id).exclude(schedule=None).first()
    if task is None:
        return False
    # The task first, then the row, as everywhere; an open edit of the row must not hold up beat.
    rows = PeriodicTask.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    schedule = rows.select_related("clocked").filter(pk=task.schedule_id).first()
    # An open edit of its definition holds the timer, which the triggers of a write here want.
    timers = Timer.objects.select_for_update(skip_locked=True).filter(pk=task.schedule_id)
    if schedule is None or not list(timers):
        return False
    of_task, of_schedule = said_by_task(task), said_by_schedule(schedule)
    edited = {} if task.agreed is None else _differences(of_schedule, task.agreed)
    wanted = of_task | edited
    _tell_task(task, edited, wanted)
    # What the row says wrongly is left alone until the task says something new.
    if told := _differences(wanted, (task.agreed or {}) | of_schedule):
        PeriodicTask.objects.filter(pk=schedule.pk).update(**columns_for(told), date_changed=Now())
    return True


def _tell_task(task: Task, edited: dict[str, Any], agreed: dict[str, Any]) -> None:
    """Let the task take what was edited in the row, and note it."""
    before = {FIELDS[word]: getattr(task, FIELDS[word]) for word in edited}
    after = {FIELDS[word]: value for word, value in edited.items()}
    changed = {field: value for field, value in after.items() if value != before[field]}
    if changed:
        Event.objects.create(
            door=Trigger.SYSTEM,
            verb="update",
            subject="task",
            subject_id=task.pk,
            before=redact({field: before[field] for field in changed}),
            after=redact(changed),
            reason=REASON,
        )
        changed |= {"version": F("version") + 1, "updated_at": Now()}
    Task.objects.filter(pk=task.pk).update(**changed, agreed=agreed)
