"""Calls from code: `delay()`, `apply_async()`, `celery call`. Each gets its row."""

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from tasks_app import lifecycle, registry
from tasks_app.exceptions import Invalid
from tasks_app.models import Control, TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.models.validators import validate_call, validate_queue
from tasks_app.registry import RegisteredJob
from tasks_app.services.admission import room_for
from tasks_app.services.checking import (
    check_arguments,
    check_number,
    check_value,
    decide_on_lost,
)
from tasks_app.states import QUEUE_OF_PRIORITY, OnLost, Priority, Trigger

# Seconds that the ledger's columns hold: 68 years.
LONGEST = 2**31 - 1


@dataclass(frozen=True)
class Call:
    """A job called by name, with what Celery lets a caller say. Times are in seconds.

    `put_first` is how many arguments the claim adds before `args`; an id that `may_exist` makes
    the call do nothing if it does. One that `follows` the end of a run is part of what was let in.
    """

    job: str
    args: list[Any] = field(default_factory=list)
    kwargs: dict[str, Any] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid7)
    queue: str = ""
    priority: Priority = Priority.NORMAL
    run_at: datetime | None = None
    countdown: float = 0
    expires_at: datetime | None = None
    expires_after: float | None = None
    time_limit: int | None = None
    soft_time_limit: int | None = None
    parent_id: UUID | None = None
    owner_id: int | None = None
    envelope: dict[str, Any] = field(default_factory=dict)
    put_first: int = 0
    failed_tries: int = 0
    may_exist: bool = False
    follows: bool = False


def submit_call(call: Call) -> TaskExecution:
    """Submit a run without a task. Raises Invalid by field, UnknownJob, ArgumentsDoNotFit and
    TooManyWaiting."""
    _check(call)
    job = check_arguments(call.job, [None] * call.put_first + call.args, call.kwargs)
    execution = _row(call, job)
    delayed = call.run_at is not None or call.countdown > 0
    if delayed:
        execution.run_at = call.run_at or Now() + timedelta(seconds=call.countdown)
    with nullcontext() if call.follows else room_for(call.owner_id):
        lifecycle.submit([execution], delayed=delayed, may_exist=call.may_exist)
    return execution


def adopt_call(call: Call) -> None:
    """Write down a run whose message somebody else made and a worker has in its hands.

    Nothing happens if the id is known. Raises Invalid for what cannot be kept; arguments that do
    not fit are the run's own error, as in plain Celery.
    """
    _check(call)
    execution = _row(call, registry.find(call.job))
    execution.failed_tries = call.failed_tries
    lifecycle.adopt(execution)


def count_refused_message() -> None:
    """Count a message that no worker may run."""
    Control.objects.update(refused_messages=F("refused_messages") + 1)


def _check(call: Call) -> None:
    check_value("args", [call.args, call.kwargs, call.envelope], validate_call)
    if call.queue:
        check_value("queue", call.queue, validate_queue)
    for name in ("time_limit", "soft_time_limit"):
        if (limit := getattr(call, name)) is not None:
            check_number(name, limit, LONGEST)
    for name in ("countdown", "expires_after"):
        # NaN is refused too: it compares with nothing.
        if (seconds := getattr(call, name)) is not None and not abs(seconds) <= LONGEST:
            raise Invalid({name: [f"Use a number of seconds, at most {LONGEST}."]})


def _row(call: Call, job: RegisteredJob | None) -> TaskExecution:
    execution = TaskExecution(
        id=call.id,
        celery_task_name=job.name if job else call.job,
        args=call.args,
        kwargs=call.kwargs,
        trigger=Trigger.CODE,
        owner_id=call.owner_id,
        parent_id=call.parent_id,
        envelope=call.envelope,
        queue=call.queue or QUEUE_OF_PRIORITY[call.priority],
        priority=call.priority,
        time_limit=call.time_limit,
        soft_time_limit=call.soft_time_limit,
        on_lost=decide_on_lost(OnLost.AUTO, job),
    )
    if call.expires_after is not None:
        execution.expires_at = Now() + timedelta(seconds=call.expires_after)
    elif call.expires_at is not None:
        execution.expires_at = call.expires_at
    return execution
