"""The start of an attempt: `pending` or `retry` becomes `started`, for one claimer only."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from tasks_app.lifecycle.statements import CLAIM, execute, given, listed
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.states import WAITING, Reason, Status

_RETURNED = (
    "id, status, task_id, args, kwargs, envelope, attempt, failed_tries, max_attempts, "
    "retry_backoff, retry_backoff_max, retry_jitter, on_lost, claim_token, cancel_requested_at, "
    "trigger, owner_id, schedule_name"
)


class Claim(NamedTuple):
    """One delivery: `token` was made in memory for it and fences all that follows."""

    id: UUID
    token: UUID


def claim(
    claims: Sequence[Claim], *, worker: str, pid: int, lease: float, code_version: str = ""
) -> list[TaskExecution]:
    """Start those that wait and are due, and return them with their arguments.

    `lease` is in seconds. What expired before its first start is ended by the same
    statement (`revoked`, `expired`).
    A row that is not returned was a duplicate, early, cancelled or over: its message is dropped.
    Repeating a claim whose answer was lost returns the same rows again.
    """
    time = clock()
    expired = f"(attempt = 0 AND expires_at <= {time.now})"
    with_given, parameters = given(CLAIM, claims)
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = CASE WHEN {expired} THEN '{Status.REVOKED}' ELSE '{Status.STARTED}' END,
            reason = CASE WHEN {expired} THEN '{Reason.EXPIRED}' ELSE '' END,
            finished_at = CASE WHEN {expired} THEN {time.now} END,
            lease_until = CASE WHEN {expired} THEN NULL ELSE {time.later} END,
            started_at = CASE WHEN {expired} THEN started_at ELSE {time.now} END,
            attempt = CASE WHEN {expired} THEN attempt ELSE attempt + 1 END,
            claim_token = CASE WHEN {expired} THEN claim_token ELSE given.token END,
            worker = %s, pid = %s, code_version = %s,
            progress = 0, progress_message = '', progress_data = '{{}}', progress_at = NULL,
            error = '', error_type = '', traceback = ''
        FROM given
        WHERE task_executions.id = given.id
            AND status IN ({listed(WAITING)})
            AND run_at <= {time.now}
        RETURNING {_RETURNED.replace("id,", "task_executions.id,", 1)}
        """,
        [*parameters, lease, worker, pid, code_version],
    )
    started = [row for row in rows if row.status == Status.STARTED]
    if len(rows) < len(claims):
        started += _proven_before(claims, {row.pk for row in rows})
    return started


def _proven_before(claims: Sequence[Claim], known: set[UUID]) -> list[TaskExecution]:
    """Rows that one of these very tokens holds already: the answer to an earlier try was lost."""
    tokens = {claim.token: claim.id for claim in claims if claim.id not in known}
    rows = TaskExecution.objects.running().filter(claim_token__in=tokens)
    return [row for row in rows if row.claim_token and tokens[row.claim_token] == row.pk]
