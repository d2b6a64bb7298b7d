"""Calls from code: `delay()`, `apply_async()`, `celery call`. Each gets its row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from tasks_app import lifecycle, registry
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.models.validators import validate_args, validate_kwargs, validate_queue
from tasks_app.services.checking import check_arguments, check_value, decide_on_lost
from tasks_app.states import QUEUE_OF_PRIORITY, OnLost, Priority, Trigger


@dataclass(frozen=True)
class Call:
    """A job called by name, with what Celery lets a caller say. Times are in seconds."""

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


def submit_call(call: Call) -> TaskExecution:
    """Submit a run without a task. Raises Invalid by field, UnknownJob and
    ArgumentsDoNotFit."""
    check_value("args", call.args, validate_args)
    check_value("kwargs", call.kwargs, validate_kwargs)
    if call.queue:
        check_value("queue", call.queue, validate_queue)
    job = check_arguments(call.job, call.args, call.kwargs)
    execution = TaskExecution(
        id=call.id,
        celery_task_name=job.name,
        args=call.args,
        kwargs=call.kwargs,
        trigger=Trigger.CODE,
        owner_id=call.owner_id,
        parent_id=call.parent_id,
        queue=call.queue or QUEUE_OF_PRIORITY[call.priority],
        priority=call.priority,
        time_limit=call.time_limit,
        soft_time_limit=call.soft_time_limit,
        on_lost=decide_on_lost(OnLost.AUTO, registry.find(call.job)),
    )
    delayed = call.run_at is not None or call.countdown > 0
    if delayed:
        execution.run_at = call.run_at or Now() + timedelta(seconds=call.countdown)
    if call.expires_after is not None:
        execution.expires_at = Now() + timedelta(seconds=call.expires_after)
    elif call.expires_at is not None:
        execution.expires_at = call.expires_at
    lifecycle.submit([execution], delayed=delayed)
    return execution
