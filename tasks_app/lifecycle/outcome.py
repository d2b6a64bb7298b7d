"""The end of an attempt that is the last word of its execution, fenced by the claim's token."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from tasks_app.lifecycle import attempts
from tasks_app.lifecycle.claim import Claim
from tasks_app.lifecycle.failing import FAILING, Failing
from tasks_app.lifecycle.following import follow
from tasks_app.lifecycle.statements import CLAIM, HELD, execute, given
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.states import AttemptOutcome, Reason, Status

_GIVEN = (*CLAIM, "status:new_status", "reason:new_reason", "result:new_result")
_ERROR = """
            error = given.new_error, error_type = given.new_type,
            traceback = given.new_traceback, fingerprint = given.new_fingerprint,
            exception = given.new_exception,
"""


class Ending(NamedTuple):
    """What an execution ends with; `passed_on` is the value for what follows a success."""

    claim: Claim
    status: Status
    reason: Reason | str = ""
    result: Any = None
    failing: Failing = Failing("")
    passed_on: Any = None


def succeed(results: Sequence[tuple[Claim, Any]]) -> set[UUID]:
    """`started` → `success`, with the results (JSON). Returns the ids whose word counts."""
    return end([Ending(claim, Status.SUCCESS, result=result) for claim, result in results])


@transaction.atomic
def succeed_and_pass_on(claim: Claim, result: Any, value: Any) -> bool:
    """The same for a run that something waits for: with it, `value` goes on to what follows.

    Returns whether this claim's word counts. Raises what the calls that follow raise.
    """
    ending = Ending(claim, Status.SUCCESS, result=result, passed_on=value)
    return bool(end([ending]))


@transaction.atomic
def fail(claim: Claim, reason: Reason, failing: Failing) -> bool:
    """`started` → `failure`. Returns whether this claim's word counts."""
    return bool(end([Ending(claim, Status.FAILURE, reason, failing=failing)]))


@transaction.atomic
def revoke(claim: Claim, reason: Reason) -> bool:
    """`started` → `revoked`: the job obeyed a cancel, or asked to be ignored."""
    return bool(end([Ending(claim, Status.REVOKED, reason)]))


def end(endings: Sequence[Ending]) -> set[UUID]:
    """Write final words, each only while its claim holds the row, and submit what follows them.

    Returns the ids whose word counts. A repeated word counts like the first: after a lost reply
    nobody can tell them apart. Failures keep their attempt; they, and what something follows, need
    the caller's transaction.
    """
    rows = _write(endings)
    attempts.keep([row for row in rows if row.status == Status.FAILURE], AttemptOutcome.FAILED)
    _follow(rows, endings)
    moved = {row.pk for row in rows}
    return moved | _said_before([e for e in endings if e.claim.id not in moved])


def _follow(rows: Sequence[TaskExecution], endings: Sequence[Ending]) -> None:
    given = {ending.claim.id: ending for ending in endings}
    for row in rows:
        # Known here, and not worth its way back from the database.
        row.result = given[row.pk].result
    follow(rows, {claim_id: ending.passed_on for claim_id, ending in given.items()})


def _write(endings: Sequence[Ending]) -> list[TaskExecution]:
    """Only failures write what tells of an error: the claim has emptied it."""
    fails = any(ending.failing.error for ending in endings)
    with_given, parameters = given(
        (*_GIVEN, *FAILING) if fails else _GIVEN,
        [(*e.claim, e.status, e.reason, e.result, *(e.failing if fails else ())) for e in endings],
    )
    return execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = given.new_status, reason = given.new_reason, result = given.new_result,
            {_ERROR if fails else ""}
            finished_at = {clock().now}, lease_until = NULL,
            progress = CASE WHEN given.new_status = '{Status.SUCCESS}' AND progress_at IS NULL
                       THEN 100 ELSE progress END
        FROM given WHERE {HELD}
        """,
        parameters,
        attempts.TOLD,
        brief=True,
    )


def _said_before(endings: Sequence[Ending]) -> set[UUID]:
    return {
        ending.claim.id
        for ending in endings
        if TaskExecution.objects.claimed_with(*ending.claim)
        .ended_with(ending.status, ending.reason)
        .exists()
    }


def forget(execution_id: UUID) -> None:
    """Drop the value that a success was kept with; the outcome stays."""
    TaskExecution.objects.filter(pk=execution_id).final().update(result=None)
