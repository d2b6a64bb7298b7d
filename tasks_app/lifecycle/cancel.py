"""Stopping: a fact in the row first. What waits never starts, what runs is asked."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Now

from tasks_app.models import TaskExecution
from tasks_app.states import WAITING, Reason, Status, sources


class Canceller(NamedTuple):
    """Who asked; None for a program without a user."""

    user_id: int | None


def cancel(ids: Sequence[UUID], canceller: Canceller) -> int:
    """`pending` or `retry` → `revoked`; a `started` one is asked to stop.

    Returns how many were live. The first request stands: repeating it changes neither its time
    nor who asked.
    """
    waits = models.Q(status__in=WAITING)
    return (
        TaskExecution.objects.filter(pk__in=ids)
        .live()
        .update(
            status=Case(When(waits, then=models.Value(Status.REVOKED)), default=F("status")),
            reason=Case(When(waits, then=models.Value(Reason.CANCELLED)), default=F("reason")),
            finished_at=Case(When(waits, then=Now()), default=F("finished_at")),
            cancel_requested_at=Coalesce(F("cancel_requested_at"), Now()),
            cancel_requested_by=Case(
                When(cancel_requested_at=None, then=models.Value(canceller.user_id)),
                default=F("cancel_requested_by"),
                output_field=models.IntegerField(),
            ),
        )
    )


def settle(execution_id: UUID, status: Status, *, progress: float, result: Any, error: str) -> bool:
    """A person or program sets the last word (`set_by_hand`); a claim is withdrawn with it.

    Returns whether the row was in a state that may become `status`.
    """
    return bool(
        TaskExecution.objects.filter(pk=execution_id, status__in=sources(status)).update(
            status=status,
            reason=Reason.SET_BY_HAND,
            finished_at=Now(),
            lease_until=None,
            progress=progress,
            progress_at=Now(),
            result=result,
            error=error,
            error_type="",
            traceback="",
        )
    )
