"""Executing a task: the verb "run it now", at every door."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from tasks_app.exceptions import Invalid, NotFound
from tasks_app.models import Task, TaskExecution
from tasks_app.models.validators import validate_args, validate_kwargs, validate_queue
from tasks_app.registry import RegisteredJob
from tasks_app.services.actor import Actor
from tasks_app.services.admission import submit_run
from tasks_app.services.arguments import meant_arguments
from tasks_app.services.checking import (
    check_arguments,
    check_moment,
    check_priority,
    check_value,
    decide_on_lost,
)
from tasks_app.services.finding import check_owner

LONGEST_DELAY = timedelta(days=366)


def execute_task(
    actor: Actor,
    task: Task,
    *,
    args: list[Any] | None = None,
    kwargs: dict[str, Any] | None = None,
    priority: int | str | None = None,
    queue: str = "",
    run_at: datetime | None = None,
    countdown: float | None = None,
    scheduled_for: datetime | None = None,
) -> TaskExecution:
    """Submit one run, with the task's own arguments where none are given, and its own secrets where
    a mask is given back.

    `run_at` (UTC if it says no zone) or `countdown` (seconds) delay it; `scheduled_for` is the
    moment it stands for. A disabled task can be executed: only its schedule does not start it.
    Raises NotFound, Invalid by field, UnknownJob, ArgumentsDoNotFit, TooManyWaiting and NotUnique.
    """
    check_owner(actor, task)
    args, kwargs = _arguments(task, args, kwargs)
    job = _check(task.celery_task_name, args, kwargs, queue)
    urgency = check_priority(task.priority if priority is None else priority)
    start = _start(run_at, countdown)
    execution = TaskExecution(
        args=args,
        kwargs=kwargs,
        priority=urgency,
        queue=queue or task.queue_for(urgency),
        **copied(actor, task, job),
        **_moments(start, task.expires_after, scheduled_for),
    )
    try:
        submit_run(actor, task, execution, delayed=start is not None)
    except IntegrityError:  # the task was deleted meanwhile
        raise NotFound("task", task.pk) from None
    if start is not None or task.expires_after:
        execution.refresh_from_db(fields=["run_at", "expires_at"])
    return execution


def copied(actor: Actor, task: Task, job: RegisteredJob) -> dict[str, Any]:
    """What a run has from its task, so that a later edit does not change it."""
    return {
        "task": task,
        "celery_task_name": job.name,
        "trigger": actor.door,
        "triggered_by": actor.user,
        **_owner(actor, task),
        "on_lost": decide_on_lost(task.on_lost, job),
        **task.policies(),
    }


def _owner(actor: Actor, task: Task) -> dict[str, Any]:
    """As who acts, where that is the same: then an answer need not read the owner again."""
    is_own = task.owner_id == actor.user.pk
    return {"owner": actor.user} if is_own else {"owner_id": task.owner_id}


def _arguments(
    task: Task, args: list[Any] | None, kwargs: dict[str, Any] | None
) -> tuple[list[Any], dict[str, Any]]:
    said = {"args": args, "kwargs": kwargs}
    given = {name: value for name, value in said.items() if value is not None}
    meant = meant_arguments(task, given) if given else {}
    return meant.get("args", task.args), meant.get("kwargs", task.kwargs)


def _check(name: str, args: Any, kwargs: Any, queue: str) -> RegisteredJob:
    check_value("args", args, validate_args)
    check_value("kwargs", kwargs, validate_kwargs)
    if queue:
        check_value("queue", queue, validate_queue)
    return check_arguments(name, args, kwargs)


def _start(run_at: datetime | None, countdown: float | None) -> Any:
    """When it is due, by the database's clock: None for at once, else an expression."""
    if run_at is not None and countdown:
        raise Invalid({"countdown": ["Give run_at or countdown, not both."]})
    if run_at is not None:
        run_at = check_moment("run_at", run_at)
        # Only a bound, so this machine's clock does; the row's moment is the database's.
        if run_at - timezone.now() > LONGEST_DELAY:
            raise Invalid({"run_at": ["A run may be delayed by a year at most."]})
        return Greatest(Value(run_at), Now())
    # NaN is refused too: it compares with nothing.
    if not 0 <= (countdown or 0) <= LONGEST_DELAY.total_seconds():
        raise Invalid({"countdown": ["A countdown is 0 seconds to a year."]})
    return Now() + timedelta(seconds=countdown) if countdown else None


def _moments(
    start: Any, expires_after: int | None, scheduled_for: datetime | None
) -> dict[str, Any]:
    """Its moments where they are not what the database gives every row."""
    moments = {} if start is None else {"run_at": start}
    if scheduled_for is not None:
        moments["scheduled_for"] = check_moment("scheduled_for", scheduled_for)
    if expires_after:
        due = Now() if start is None else start
        moments["expires_at"] = due + timedelta(seconds=expires_after)
    return moments
