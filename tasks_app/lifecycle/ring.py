"""Telling workers that rows wait: the mark in the row first, then the push, never the other way."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest, Now

from tasks_app import broker, registry
from tasks_app.broker import Doorbell
from tasks_app.models import TaskExecution
from tasks_app.models.execution_queries import CANVAS_IDS


def ring(executions: Sequence[TaskExecution]) -> int:
    """Push the doorbells of rows that are marked as published; unmark those that did not go out.

    Returns how many went out. Never raises for a broker.
    """
    return ring_bells([_doorbell(execution) for execution in executions])


def ring_bells(bells: Sequence[Doorbell]) -> int:
    """The same for doorbells that are made already."""
    left = broker.ring(bells)
    if left:
        mark_unsent(bell.id for bell in left)
    return len(bells) - len(left)


def mark_sent(executions: Iterable[TaskExecution]) -> None:
    """Mark rows as published; commit before `ring`.

    A crash between the two leaves a message missing, which the relay finds by count.
    """
    TaskExecution.objects.filter(pk__in=[execution.pk for execution in executions]).update(
        published_at=Now(), published_count=F("published_count") + 1
    )


def mark_unsent(ids: Iterable[UUID]) -> None:
    """Take the mark back, so that the relay rings."""
    TaskExecution.objects.filter(pk__in=list(ids)).waiting().update(
        published_at=None, published_count=Greatest(F("published_count") - 1, 0)
    )


def _doorbell(execution: TaskExecution) -> Doorbell:
    return Doorbell(
        execution.pk,
        registry.resolve(execution.celery_task_name),
        execution.queue,
        execution.priority,
        execution.time_limit,
        execution.soft_time_limit,
        *_canvas_ids(execution),
    )


def _canvas_ids(execution: TaskExecution) -> list[str | None]:
    """From the envelope of a new row; the relay reads them without it, for it may be large."""
    if "envelope" in execution.__dict__:
        return [execution.envelope.get(name) for name in CANVAS_IDS]
    return [getattr(execution, f"canvas_{name}") for name in CANVAS_IDS]
