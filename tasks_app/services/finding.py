"""Finding what a user may see; what they may not see does not exist."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django_celery_beat.models import PeriodicTask

from tasks_app.exceptions import KeyAmbiguous, NotFound
from tasks_app.models import Attempt, Task, TaskExecution, Timer
from tasks_app.models.execution_queries import TaskExecutionQuerySet
from tasks_app.models.ids import is_uuid
from tasks_app.models.single_rows import fetch
from tasks_app.models.task_queries import TaskQuerySet
from tasks_app.services.actor import Actor
from tasks_app.states import Status


def get_task(actor: Actor, id_or_key: str | UUID) -> Task:
    """The task with its status. Raises NotFound, and KeyAmbiguous for a key of several owners."""
    found = list(
        Task.objects.visible_to(actor.user)
        .known_as(str(id_or_key))
        .with_status()
        .select_related("owner")
    )
    if not found:
        raise NotFound("task", id_or_key)
    if len(found) > 1:
        own = [task for task in found if task.owner_id == actor.user.pk]
        if not own:
            raise KeyAmbiguous(str(id_or_key), [task.owner.get_username() for task in found])
        return own[0]
    return found[0]


def find_task(actor: Actor, id_or_key: str | UUID) -> Task:
    """The task alone, for verbs that need no status: by its id at a fraction of the cost.

    Raises NotFound and KeyAmbiguous.
    """
    if not is_uuid(id_or_key):
        return get_task(actor, id_or_key)
    task = fetch(Task, UUID(str(id_or_key)))
    if task is None:
        raise NotFound("task", id_or_key)
    check_owner(actor, task)
    return task


def check_owner(actor: Actor, task: Task) -> None:
    """Raise NotFound for a task that the user may not see."""
    if not actor.user.is_superuser and task.owner_id != actor.user.pk:
        raise NotFound("task", task.pk)


def lock_task(actor: Actor, pk: UUID, *, to_delete: bool = False) -> Task:
    """The task, for the caller's transaction alone. Raises NotFound.

    New runs may still refer to it meanwhile, unless it is locked `to_delete`: beat holds timers
    while it inserts runs, and must not wait for one who waits for a timer.
    """
    tasks = Task.objects.visible_to(actor.user).select_for_update(no_key=not to_delete)
    task = tasks.filter(pk=pk).first()
    if task is None:
        raise NotFound("task", pk)
    return task


def lock_schedule(pk: UUID) -> None:
    """Lock the row of the task's schedule and its timer, before the task itself is locked.

    Everybody takes row, timer, task in this order: who edits the row locks the timer by a trigger,
    and beat, which locks timers, locks tasks by the foreign key of its runs.
    """
    schedule = Task.objects.filter(pk=pk).values("schedule_id")
    rows = PeriodicTask.objects.filter(pk__in=schedule).select_for_update(no_key=True)
    for row in rows.values_list("pk", flat=True):
        Timer.objects.select_for_update().filter(pk=row).values_list("pk", flat=True).first()


def get_tasks(
    actor: Actor,
    *,
    statuses: Collection[Status] = (),
    task_type: str = "",
    skip: int = 0,
    limit: int | None = None,
) -> TaskQuerySet:
    """The user's tasks, newest first, in all states unless `statuses` names some.

    `skip` and `limit` count rows.
    """
    tasks = Task.objects.visible_to(actor.user).with_status().select_related("owner")
    if statuses:
        tasks = tasks.in_status(*statuses)
    if task_type:
        tasks = tasks.of_type(task_type)
    return tasks.newest_first()[skip : None if limit is None else skip + limit]


def get_executions(
    actor: Actor,
    *,
    task_id: UUID | None = None,
    statuses: Collection[Status] = (),
    skip: int = 0,
    limit: int | None = None,
) -> TaskExecutionQuerySet:
    """The user's runs, newest first, without large documents.

    In all states unless `statuses` names some; `skip` and `limit` count rows.
    """
    executions: TaskExecutionQuerySet = TaskExecution.objects.visible_to(actor.user)
    if task_id is not None:
        executions = executions.of_task(task_id)
    if statuses:
        executions = executions.in_status(*statuses)
    listed = executions.with_task_name().without_documents().newest_first()
    return listed[skip : None if limit is None else skip + limit]


def get_attempts(
    actor: Actor, execution: TaskExecution, *, skip: int = 0, limit: int | None = None
) -> QuerySet[Attempt]:
    """The tries of a run that were not its last word, by number; `skip` and `limit` count rows."""
    run = get_execution(actor, execution.pk)
    return run.attempts.all()[skip : None if limit is None else skip + limit]


def get_execution(actor: Actor, execution_id: str | UUID) -> TaskExecution:
    """One run. Raises NotFound."""
    executions = TaskExecution.objects.visible_to(actor.user).with_task_name()
    try:
        found = executions.among([UUID(str(execution_id))]).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("execution", execution_id)
    return found
