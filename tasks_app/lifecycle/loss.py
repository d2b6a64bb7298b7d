"""Attempts whose worker died or fell silent, and messages that no worker can serve."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from tasks_app.lifecycle import attempts
from tasks_app.lifecycle.claim import Claim
from tasks_app.lifecycle.following import follow
from tasks_app.lifecycle.statements import CLAIM, HELD, execute, given, skip_locked, value
from tasks_app.models import Counter, Event, TaskExecution
from tasks_app.models.clock import clock
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status, Trigger

LIMIT_OF_WORKER_DEATHS = 3
# A repeated run starts when the dead worker's last writes have surely ended.
REPEAT_DELAY = 1.0
# A step of the clock that is too small to matter to a lease.
TOLERANCE = timedelta(seconds=1)
LOST = "The worker died or fell silent while it ran this."

_STOP = "cancel_requested_at IS NOT NULL"
_AGAIN = f"on_lost = '{OnLost.RETRY}' AND worker_deaths + 1 < {LIMIT_OF_WORKER_DEATHS}"
_POISON = f"on_lost = '{OnLost.RETRY}'"


@transaction.atomic
def lose(claim: Claim) -> bool:
    """A worker's main process saw the child of this claim die.

    Returns whether that decided the row.
    """
    with_given, parameters = given(CLAIM, [claim])
    rows = _decide(
        with_given,
        parameters,
        f"FROM given WHERE {HELD}",
    )
    return bool(rows)


@transaction.atomic
def reap(now: datetime, *, most: int = 200) -> list[UUID]:
    """Decide the attempts whose lease ended before `now`, at most so many; return their ids.

    `now` is the database's time, read in the statement that proved that the reapers watched.
    """
    # A clock that was set back meanwhile would make leases that were just renewed seem over.
    expired = f"status = '{Status.STARTED}' AND lease_until < %s AND {clock().now} >= %s"
    moments = [value("lease_until", now), value("lease_until", now - TOLERANCE)]
    # Materialized: a planner that repeats the inner query would take more than the limit.
    rows = _decide(
        f"""
        WITH silent AS MATERIALIZED (
            SELECT id FROM task_executions WHERE {expired}
            ORDER BY lease_until LIMIT %s {skip_locked()})
        """,
        [*moments, most],
        f"FROM silent WHERE task_executions.id = silent.id AND {expired}",
        moments,
    )
    return [row.pk for row in rows]


def _decide(
    prefix: str, first: Sequence[Any], guard: str, last: Sequence[Any] = ()
) -> list[TaskExecution]:
    """`started` → `retry`, or `failure` (`lost`, `poison`), or `revoked` where a stop was asked."""
    time = clock()
    rows = execute(
        f"""
        {prefix}
        UPDATE task_executions SET
            status = CASE WHEN {_STOP} THEN '{Status.REVOKED}'
                          WHEN {_AGAIN} THEN '{Status.RETRY}' ELSE '{Status.FAILURE}' END,
            reason = CASE WHEN {_STOP} THEN '{Reason.CANCELLED}'
                          WHEN {_AGAIN} THEN '{Reason.BACK_OFF}'
                          WHEN {_POISON} THEN '{Reason.POISON}' ELSE '{Reason.LOST}' END,
            finished_at = CASE WHEN {_STOP} OR NOT ({_AGAIN}) THEN {time.now} END,
            worker_deaths = worker_deaths + 1, lease_until = NULL,
            run_at = {time.later}, published_at = NULL,
            error = %s, error_type = 'WorkerLostError', traceback = '', exception = NULL
        {guard}
        """,
        [*first, REPEAT_DELAY, LOST, *last],
        attempts.TOLD,
        brief=True,
    )
    attempts.keep(rows, AttemptOutcome.LOST)
    Event.objects.bulk_create(_rescue(row) for row in rows)
    follow(rows, {})
    transaction.on_commit(lambda: _count(rows), robust=True)
    return rows


def _count(rows: Sequence[TaskExecution]) -> None:
    """After the commit: nobody waits for another's lock on a counter."""
    Counter.objects.add("rescued", len(rows))
    Counter.objects.add("poison", sum(row.reason == Reason.POISON for row in rows))


def _rescue(row: TaskExecution) -> Event:
    return Event(
        door=Trigger.SYSTEM,
        verb="rescue",
        subject="execution",
        subject_id=row.pk,
        before={"status": Status.STARTED, "attempt": row.attempt, "worker": row.worker},
        after={"status": row.status, "reason": row.reason},
        reason=LOST,
    )


@transaction.atomic
def refuse(execution_id: UUID, error: str) -> bool:
    """`pending` or `retry` → `failure`, `unknown_job`: the worker that got it knows no such job."""
    this = TaskExecution.objects.filter(pk=execution_id)
    refused = this.waiting().update(
        status=Status.FAILURE,
        reason=Reason.UNKNOWN_JOB,
        error=error,
        error_type="NotRegistered",
        finished_at=Now(),
    )
    if refused:
        follow(this, {})
    return bool(refused)
