"""Attempts whose worker died or fell silent, and messages that no worker can serve."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tasks_app import lifecycle
from tasks_app.lifecycle import LIMIT_OF_WORKER_DEATHS, Canceller
from tasks_app.models import Attempt, Event
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status, Trigger
from tasks_app.tests.runs import a_claim, a_run, now_of, the_claim_on, told_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# The two ways in which a loss comes to light decide alike.
LOSSES = {
    "lose": lambda run: lifecycle.lose(the_claim_on(run)),
    "reap": lambda run: lifecycle.reap(NOON),
}
by_both_ways = pytest.mark.parametrize("lose", list(LOSSES.values()), ids=list(LOSSES))


def a_lost_run(**columns):
    """Its lease ended a second before noon."""
    return a_run(Status.STARTED, lease_until=NOON - SECOND, **columns)


@by_both_ways
def test_a_lost_run_that_may_be_repeated_is_tried_again(lose):
    run = a_lost_run(on_lost=OnLost.RETRY)

    assert lose(run)

    waits = now_of(run)
    assert (waits.status, waits.reason) == (Status.RETRY, Reason.BACK_OFF)
    assert (waits.worker_deaths, waits.failed_tries) == (1, 0)
    assert (waits.published_at, waits.lease_until, waits.finished_at) == (None, None, None)


@by_both_ways
def test_a_lost_run_starts_again_after_the_dead_workers_last_writes(lose):
    run = a_lost_run(on_lost=OnLost.RETRY)

    lose(run)

    waits = now_of(run)
    assert waits.run_at - run.created_at >= SECOND


@by_both_ways
def test_a_lost_run_that_may_not_be_repeated_ends(lose):
    run = a_lost_run(on_lost=OnLost.FAIL)

    assert lose(run)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.FAILURE, Reason.LOST)
    assert (ended.error, ended.error_type) == (lifecycle.loss.LOST, "WorkerLostError")
    assert ended.finished_at


@by_both_ways
def test_the_third_death_of_a_worker_ends_a_run(lose):
    run = a_lost_run(on_lost=OnLost.RETRY, worker_deaths=LIMIT_OF_WORKER_DEATHS - 2)
    lose(run)
    assert now_of(run).status == Status.RETRY

    run = a_lost_run(on_lost=OnLost.RETRY, worker_deaths=LIMIT_OF_WORKER_DEATHS - 1)
    lose(run)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.FAILURE, Reason.POISON)
    assert ended.worker_deaths == LIMIT_OF_WORKER_DEATHS == 3


@by_both_ways
def test_a_lost_run_that_was_asked_to_stop_is_revoked(lose):
    run = a_lost_run(on_lost=OnLost.RETRY)
    lifecycle.cancel([run.pk], Canceller(None))

    assert lose(run)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.CANCELLED)
    assert ended.finished_at


@by_both_ways
def test_a_lost_attempt_keeps_its_row(lose):
    run = a_lost_run(attempt=2)

    lose(run)

    attempt = run.attempts.get()
    assert (attempt.number, attempt.outcome) == (2, AttemptOutcome.LOST)
    assert (attempt.worker, attempt.claim_token) == (run.worker, run.claim_token)


@by_both_ways
def test_the_history_tells_of_the_rescue(lose):
    run = a_lost_run(on_lost=OnLost.RETRY)

    lose(run)

    rescue = Event.objects.get(subject_id=run.pk)
    assert (rescue.verb, rescue.subject, rescue.door) == ("rescue", "execution", Trigger.SYSTEM)
    assert rescue.before == {"status": "started", "attempt": 1, "worker": run.worker}
    assert rescue.after == {"status": "retry", "reason": "back_off"}


@by_both_ways
def test_a_loss_is_decided_once(lose):
    run = a_lost_run(on_lost=OnLost.FAIL)
    lose(run)

    assert not lose(run)

    assert (run.attempts.count(), told_of(run)) == (1, ["rescue"])


def test_only_leases_that_have_ended_are_reaped():
    lost = a_lost_run()
    alive = [a_run(Status.STARTED, lease_until=NOON + later) for later in (0 * SECOND, SECOND)]

    assert lifecycle.reap(NOON) == [lost.pk]

    assert [now_of(run).status for run in alive] == [Status.STARTED] * 2


def test_a_moment_that_the_clock_has_not_reached_proves_no_silence():
    """It was set back since the reapers looked: what was renewed meanwhile seems to be over."""
    run = a_run(Status.STARTED, lease_until=timezone.now() + 15 * SECOND)

    assert lifecycle.reap(timezone.now() + 3600 * SECOND) == []

    assert now_of(run).status == Status.STARTED


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_run_whose_frozen_job_refers_to_it_is_reaped():
    """Such as by a call in its own transaction, which locks the row of who calls."""
    run = a_lost_run()

    with ThreadPoolExecutor(1) as reapers, transaction.atomic():
        a_run(parent=run)
        assert reapers.submit(_reap_elsewhere).result(10) == [run.pk]


def _reap_elsewhere():
    try:
        return lifecycle.reap(NOON)
    finally:
        connection.close()


def test_a_sweep_takes_the_longest_lost_first_and_no_more_than_it_may():
    late, later, latest = (
        a_run(Status.STARTED, lease_until=NOON - seconds * SECOND) for seconds in (30, 20, 10)
    )

    assert set(lifecycle.reap(NOON, most=2)) == {late.pk, later.pk}
    assert lifecycle.reap(NOON, most=2) == [latest.pk]


def test_a_lost_attempt_may_be_followed_by_one_that_succeeds():
    run = a_lost_run(on_lost=OnLost.RETRY)
    lifecycle.reap(NOON)
    zombie = the_claim_on(run)
    type(run).objects.filter(pk=run.pk).update(run_at=NOON)

    claim = a_claim(run)

    assert lifecycle.succeed([(zombie, "the zombie's")]) == set()
    assert lifecycle.succeed([(claim, "the successor's")]) == {run.pk}
    ended = now_of(run)
    assert (ended.attempt, ended.result, ended.worker_deaths) == (2, "the successor's", 1)


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETRY])
def test_a_message_for_a_job_that_no_worker_knows_ends_its_run(status):
    run = a_run(status)

    assert lifecycle.refuse(run.pk, "Nobody knows it.")

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.FAILURE, Reason.UNKNOWN_JOB)
    assert (ended.error, ended.error_type) == ("Nobody knows it.", "NotRegistered")
    assert not Attempt.objects.exists()


def test_a_run_that_has_started_meanwhile_is_not_refused():
    assert not lifecycle.refuse(a_run(Status.STARTED).pk, "Nobody knows it.")
