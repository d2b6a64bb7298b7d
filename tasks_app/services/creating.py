"""Creating a task."""

from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from tasks_app.exceptions import Invalid, KeyTaken
from tasks_app.models import Task, TaskExecution
from tasks_app.models.single_rows import insert
from tasks_app.models.task import EDITABLE
from tasks_app.scheduling.definition import MOMENTS, Definition
from tasks_app.scheduling.edits import take_own_edit
from tasks_app.scheduling.reading import read_definition
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_priority, check_task
from tasks_app.services.executing import execute_task
from tasks_app.services.schedules import make_schedule
from tasks_app.states import Priority


def create_task(
    actor: Actor,
    *,
    name: str,
    celery_task_name: str,
    start: Literal["now", "manual"] | None = None,
    priority: int | str = Priority.NORMAL,
    owner: User | None = None,
    **fields: Any,
) -> tuple[Task, TaskExecution | None]:
    """Write a task down, with its schedule if `fields` name one, and perhaps execute it.

    Without a schedule an enabled task is executed, unless `start` is "manual"; one with a schedule
    waits for its ticks, and `start="now"` executes it as well.
    `fields` are the editable ones of Task, the flat ones of a schedule, and `id`. Only a superuser
    may create for another `owner`.
    Raises Invalid by field, UnknownJob, ArgumentsDoNotFit and KeyTaken; then nothing is written.
    """
    _check_fields(actor, owner, fields)
    moments = {field: fields.pop(field) for field in MOMENTS if field in fields}
    task = Task(
        name=name,
        celery_task_name=celery_task_name,
        priority=check_priority(priority),
        owner=owner or actor.user,
        **fields,
    )
    check_task(task)
    definition = read_definition(moments, semantics=task.cron_semantics)
    with transaction.atomic():
        if definition:
            make_schedule(task, definition)
        _insert(task)
        if task.schedule_id:
            take_own_edit(task.schedule_id)
        actor.note("create", "task", task.pk, after=_told(task, definition))
        now = start == "now" or (start is None and definition is None)
        execution = execute_task(actor, task) if now and task.enabled else None
    return task, execution


def _told(task: Task, definition: Definition | None) -> dict[str, Any]:
    said = definition.fields() if definition else {}
    moments = {field: value for field, value in said.items() if value is not None}
    return {"name": task.name, "job": task.celery_task_name} | moments


def _check_fields(actor: Actor, owner: User | None, fields: dict[str, Any]) -> None:
    if unknown := sorted(set(fields) - {*EDITABLE, *MOMENTS, "id"}):
        raise Invalid({field: ["A task is not created with this."] for field in unknown})
    if owner not in (None, actor.user) and not actor.user.is_superuser:
        raise Invalid({"owner": ["Only a superuser creates tasks for others."]})


def _insert(task: Task) -> None:
    try:
        with transaction.atomic(savepoint=task.key is not None):
            insert(task)
    except IntegrityError as error:
        if task.key is None:
            raise
        raise KeyTaken(task.key) from error
