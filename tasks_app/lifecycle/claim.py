"""The start of an attempt: `pending` or `retry` becomes `started`, for one claimer only."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from tasks_app.lifecycle.following import follow
from tasks_app.lifecycle.statements import CLAIM, ENDED, execute, given, listed, returning
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.models.pause_guard import not_held
from tasks_app.states import WAITING, Reason, Status

_TOLD = returning(
    "id",
    "status",
    "task_id",
    "args",
    "kwargs",
    "envelope",
    "attempt",
    "failed_tries",
    "max_attempts",
    "retry_backoff",
    "retry_backoff_max",
    "retry_jitter",
    "retry_on",
    "fail_on",
    "cancel_grace",
    "on_lost",
    "claim_token",
    "cancel_requested_at",
    "checkpoint",
    "trigger",
    "owner_id",
    "schedule_name",
    "keep_log",
)


class Claim(NamedTuple):
    """One delivery: `token` was made in memory for it and fences all that follows."""

    id: UUID
    token: UUID


def claim(
    claims: Sequence[Claim],
    *,
    worker: str,
    pid: int,
    lease: float,
    code_version: str = "",
    jobs: Sequence[str] = (),
) -> list[TaskExecution]:
    """Start those that wait and are due, and return them with their arguments.

    `lease` is in seconds. With `jobs`, only rows of these names are started: a message that was
    forged may name the row of another. What expired before its first start is ended instead.
    A row that is not returned was a duplicate, early, paused, cancelled or over: its message is
    dropped.
    Repeating a claim whose answer was lost returns the same rows again.
    """
    started = _start(claims, [lease, worker, pid, code_version], jobs)
    if len(started) < len(claims):
        known = {row.pk for row in started}
        started += _proven_before(claims, known)
        expire([claim.id for claim in claims if claim.id not in known])
    return started


def _start(claims: Sequence[Claim], facts: list[Any], jobs: Sequence[str]) -> list[TaskExecution]:
    time = clock()
    with_given, parameters = given(CLAIM, claims)
    of_jobs = f"AND celery_task_name IN ({', '.join(['%s'] * len(jobs))})" if jobs else ""
    return execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = '{Status.STARTED}', reason = '', lease_until = {time.later},
            started_at = {time.now}, attempt = attempt + 1, claim_token = given.token,
            worker = %s, pid = %s, code_version = %s,
            progress = 0, progress_message = '', progress_data = '{{}}', progress_at = NULL,
            error = '', error_type = '', traceback = '', fingerprint = '', exception = NULL
        FROM given
        WHERE task_executions.id = given.id
            AND status IN ({listed(WAITING)})
            AND run_at <= {time.now}
            AND (attempt > 0 OR expires_at IS NULL OR expires_at > {time.now})
            AND {not_held()}
            {of_jobs}
        """,
        [*parameters, *facts, *jobs],
        _TOLD,
    )


def _proven_before(claims: Sequence[Claim], known: set[UUID]) -> list[TaskExecution]:
    """Rows that one of these very tokens holds already: the answer to an earlier try was lost."""
    tokens = {claim.token: claim.id for claim in claims if claim.id not in known}
    rows = TaskExecution.objects.running().filter(claim_token__in=tokens)
    return [row for row in rows if row.claim_token and tokens[row.claim_token] == row.pk]


@transaction.atomic
def expire(ids: Sequence[UUID]) -> list[UUID]:
    """`pending` → `revoked` for what expired before its first start; return the ids of those."""
    time = clock()
    with_given, parameters = given(("id",), [(each,) for each in ids])
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = '{Status.REVOKED}', reason = '{Reason.EXPIRED}', finished_at = {time.now}
        FROM given
        WHERE task_executions.id = given.id AND status IN ({listed(WAITING)}) AND attempt = 0
            AND run_at <= {time.now} AND expires_at <= {time.now}
        """,
        parameters,
        ENDED,
    )
    follow(rows, {})
    return [row.pk for row in rows]
