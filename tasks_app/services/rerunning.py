"""Rerunning: the same run once more, as a row of its own."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tasks_app.exceptions import NotEnded, NotFound
from tasks_app.models import TaskExecution
from tasks_app.models.envelopes import ENCODED, repeated
from tasks_app.models.validators import validate_args, validate_kwargs
from tasks_app.services.actor import Actor
from tasks_app.services.admission import submit_run
from tasks_app.services.arguments import meant_arguments
from tasks_app.services.checking import check_arguments, check_value
from tasks_app.services.finding import get_execution
from tasks_app.states import FINAL, Trigger

# What makes a run what it is; where and how it went is its own.
REPEATED = (
    "task_id", "owner_id", "schedule_name", "scheduled_for", "queue", "priority",
    "soft_time_limit", "time_limit", "max_attempts", "retry_backoff", "retry_backoff_max",
    "retry_jitter", "retry_on", "fail_on", "on_lost", "cancel_grace", "keep_log",
)  # fmt: skip
_VALIDATORS = {"args": validate_args, "kwargs": validate_kwargs}


def rerun_execution(
    actor: Actor,
    execution: TaskExecution,
    *,
    args: list[Any] | None = None,
    kwargs: dict[str, Any] | None = None,
    reason: str = "",
) -> TaskExecution:
    """Submit a run with the job, arguments, limits and policies of one that is over.

    With other arguments where some are given; a secret that comes back as `***` keeps its value.
    A member of a canvas runs alone: what waited for the end of the old run does not wait for it.
    An expiry is not repeated.
    Raises NotFound, NotEnded, Invalid by field, UnknownJob, ArgumentsDoNotFit, TooManyWaiting and
    NotUnique.
    """
    given = {"args": args, "kwargs": kwargs}
    changes = {name: value for name, value in given.items() if value is not None}
    try:
        return _rerun(actor, execution.pk, changes, reason)
    except IntegrityError:  # it was deleted meanwhile, or its task
        get_execution(actor, execution.pk)
        raise NotFound("task", execution.task_id) from None


@transaction.atomic
def _rerun(actor: Actor, pk: UUID, changes: dict[str, Any], reason: str) -> TaskExecution:
    old = get_execution(actor, pk)
    if old.status not in FINAL:
        raise NotEnded(old.pk, old.status)
    changed = _changed(old, changes)
    run = _copy(actor, old, {"args": old.args, "kwargs": old.kwargs} | changed)
    submit_run(actor, old.task, run)
    told = {"execution": str(run.pk), "changed": sorted(changed)}
    actor.note("rerun", "execution", old.pk, after=told, reason=reason)
    return run


def _changed(old: TaskExecution, given: dict[str, Any]) -> dict[str, Any]:
    """What is given and differs from what the old run had."""
    for name, value in given.items():
        check_value(name, value, _VALIDATORS[name])
    meant = meant_arguments(old, given)
    return {name: value for name, value in meant.items() if value != getattr(old, name)}


def _copy(actor: Actor, old: TaskExecution, arguments: dict[str, Any]) -> TaskExecution:
    envelope = repeated(old.envelope)
    if old.trigger == Trigger.CODE:
        envelope[ENCODED] = True
    put_first = 3 if envelope.get("errback_of") else 0
    job = check_arguments(
        old.celery_task_name, [None] * put_first + arguments["args"], arguments["kwargs"]
    )
    return TaskExecution(
        **{name: getattr(old, name) for name in REPEATED},
        **arguments,
        celery_task_name=job.name,
        envelope=envelope,
        trigger=Trigger.RERUN,
        triggered_by=actor.user,
        parent=old,
    )
