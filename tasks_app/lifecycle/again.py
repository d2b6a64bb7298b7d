"""The end of an attempt that is not the last word: tried again later, or given back."""

from typing import Any

from django.db import transaction

from tasks_app.lifecycle import attempts
from tasks_app.lifecycle.claim import Claim
from tasks_app.lifecycle.failing import FAILING, Failing
from tasks_app.lifecycle.following import follow
from tasks_app.lifecycle.spreading import spread
from tasks_app.lifecycle.statements import CLAIM, HELD, execute, given
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status

# A child that was told to stop may live on for seconds; its successor waits them out.
GIVE_BACK_DELAY = 5.0
_STOPPED = (Status.REVOKED, Reason.CANCELLED)


@transaction.atomic
def retry(
    claim: Claim, delay: float, failing: Failing, envelope: dict[str, Any] | None = None
) -> bool:
    """`started` → `retry`, due again in `delay` seconds; the try counts as failed.

    A new `envelope` may hold other arguments for the tries that come. A run that was asked to stop
    is `revoked` instead. Where many runs of the task wait for a retry, it is due later. Returns
    whether this claim's word counts.
    """
    time = clock()
    stop = "cancel_requested_at IS NOT NULL"
    with_given, parameters = given(
        (*CLAIM, *FAILING, "checkpoint:new_envelope"), [(*claim, *failing, envelope)]
    )
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = CASE WHEN {stop} THEN '{Status.REVOKED}' ELSE '{Status.RETRY}' END,
            reason = CASE WHEN {stop} THEN '{Reason.CANCELLED}' ELSE '{Reason.BACK_OFF}' END,
            finished_at = CASE WHEN {stop} THEN {time.now} END,
            failed_tries = failed_tries + 1, lease_until = NULL,
            run_at = {time.later}, published_at = NULL,
            error = given.new_error, error_type = given.new_type,
            traceback = given.new_traceback, fingerprint = given.new_fingerprint,
            exception = given.new_exception,
            envelope = COALESCE(given.new_envelope, envelope)
        FROM given WHERE {HELD}
        """,
        [*parameters, delay],
        attempts.TOLD,
        brief=True,
    )
    for row in rows:
        if row.status == Status.RETRY:
            spread(row, delay)
    attempts.keep(rows, AttemptOutcome.FAILED)
    follow(rows, {})
    return bool(rows) or _said_before(claim, (Status.RETRY, Reason.BACK_OFF), _STOPPED)


def give_back(claim: Claim) -> bool:
    """`started` → `pending` at a shutdown, where the job may be repeated; the try is not counted.

    One that may not be repeated ends as `failure`, `shutdown`; one asked to stop is `revoked`.
    Returns whether this claim's word counts.
    """
    return _give_back(claim, f"on_lost = '{OnLost.RETRY}'", AttemptOutcome.SHUT_DOWN)


def unclaim(claim: Claim) -> bool:
    """`started` → `pending` where the claimer never got its answer, so that the body did not begin.

    Whatever the job says of being repeated; the try is not counted. One asked to stop is `revoked`.
    Returns whether this claim's word counts.
    """
    return _give_back(claim, "TRUE", AttemptOutcome.LOST)


@transaction.atomic
def _give_back(claim: Claim, again: str, outcome: AttemptOutcome) -> bool:
    time = clock()
    stop = "cancel_requested_at IS NOT NULL"
    with_given, parameters = given(CLAIM, [claim])
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = CASE WHEN {stop} THEN '{Status.REVOKED}'
                          WHEN {again} THEN '{Status.PENDING}' ELSE '{Status.FAILURE}' END,
            reason = CASE WHEN {stop} THEN '{Reason.CANCELLED}'
                          WHEN {again} THEN '' ELSE '{Reason.SHUTDOWN}' END,
            error = CASE WHEN {stop} OR {again} THEN '' ELSE %s END,
            finished_at = CASE WHEN {stop} OR NOT ({again}) THEN {time.now} END,
            lease_until = NULL, run_at = {time.later}, published_at = NULL
        FROM given WHERE {HELD}
        """,
        [*parameters, Reason.SHUTDOWN.label, GIVE_BACK_DELAY],
        attempts.TOLD,
        brief=True,
    )
    attempts.keep(rows, outcome)
    follow(rows, {})
    given_back, ended = (Status.PENDING, ""), (Status.FAILURE, Reason.SHUTDOWN)
    return bool(rows) or _said_before(claim, given_back, ended, _STOPPED)


def _said_before(claim: Claim, *endings: tuple[Status, str]) -> bool:
    """Whether the row is as this claim leaves it: the answer to an earlier try may be lost."""
    mine = TaskExecution.objects.claimed_with(*claim)
    return any(mine.ended_with(status, reason).exists() for status, reason in endings)
