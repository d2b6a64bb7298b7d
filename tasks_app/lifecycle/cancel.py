"""Stopping: a fact in the row first. What waits never starts, what runs is asked."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, Now

from tasks_app.lifecycle.following import follow
from tasks_app.lifecycle.statements import ENDED, execute, given, listed
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.states import LIVE, WAITING, Reason, Status, sources


class Canceller(NamedTuple):
    """Who asked; None for a program without a user."""

    user_id: int | None


@transaction.atomic
def cancel(ids: Sequence[UUID], canceller: Canceller) -> int:
    """`pending` or `retry` → `revoked`; a `started` one is asked to stop.

    Returns how many were live. The first request stands: repeating it changes neither its time
    nor who asked.
    """
    if not ids:
        return 0
    time = clock()
    waits = f"status IN ({listed(WAITING)})"
    with_given, parameters = given(("id",), [(each,) for each in ids])
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = CASE WHEN {waits} THEN '{Status.REVOKED}' ELSE status END,
            reason = CASE WHEN {waits} THEN '{Reason.CANCELLED}' ELSE reason END,
            finished_at = CASE WHEN {waits} THEN {time.now} ELSE finished_at END,
            cancel_requested_by_id = CASE WHEN cancel_requested_at IS NULL THEN %s
                                          ELSE cancel_requested_by_id END,
            cancel_requested_at = COALESCE(cancel_requested_at, {time.now})
        FROM given
        WHERE task_executions.id = given.id AND status IN ({listed(LIVE)})
        """,
        [*parameters, canceller.user_id],
        ENDED,
    )
    follow(rows, {})
    return len(rows)


@transaction.atomic
def settle(
    execution_id: UUID,
    status: Status,
    canceller: Canceller,
    *,
    progress: float | None,
    result: Any,
    error: str,
) -> bool:
    """A person or program sets the last word (`set_by_hand`); a claim is withdrawn with it.

    So the job is asked to stop, and the row tells by whom, if nobody asked before. Without
    `progress` (percent) the last one that was told stays.
    Returns whether the row was in a state that may become `status`.
    """
    this = TaskExecution.objects.filter(pk=execution_id)
    told = {} if progress is None else {"progress": progress, "progress_at": Now()}
    moved = this.filter(status__in=sources(status)).update(
        status=status,
        reason=Reason.SET_BY_HAND,
        finished_at=Now(),
        lease_until=None,
        cancel_requested_at=Coalesce("cancel_requested_at", Now()),
        cancel_requested_by_id=Case(
            When(cancel_requested_at=None, then=Value(canceller.user_id)),
            default=F("cancel_requested_by_id"),
            output_field=IntegerField(),
        ),
        **told,
        result=result,
        error=error,
        error_type="",
        traceback="",
        exception=None,
    )
    if moved:
        follow(this, {execution_id: result})
    return bool(moved)
