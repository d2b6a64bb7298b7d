"""The end of an attempt that is not the last word: tried again later, or given back."""

from datetime import timedelta

import pytest

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim, Failing
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_claim, a_run, now_of

pytestmark = pytest.mark.django_db
ERROR = Failing("ValueError: no", "ValueError", "Traceback ...", "f1", {"exc_type": "ValueError"})


def test_a_retry_waits_for_its_time_and_for_a_new_doorbell():
    run = a_run()

    assert lifecycle.retry(a_claim(run), 60, ERROR)

    waits = now_of(run)
    assert (waits.status, waits.reason) == (Status.RETRY, Reason.BACK_OFF)
    assert timedelta(seconds=59) < waits.run_at - waits.started_at < timedelta(seconds=65)
    assert (waits.published_at, waits.lease_until, waits.finished_at) == (None, None, None)
    told = (waits.error, waits.error_type, waits.traceback, waits.fingerprint, waits.exception)
    assert told == ERROR


def test_a_retry_starts_when_its_back_off_is_over_and_not_before():
    run = a_run()
    lifecycle.retry(a_claim(run), 60, ERROR)
    delivery = Claim(run.pk, a_run(Status.STARTED).claim_token)

    assert not lifecycle.claim([delivery], worker="w", pid=1, lease=15)
    age(seconds=61)
    assert lifecycle.claim([delivery], worker="w", pid=1, lease=15) == [run]


def test_a_success_tells_nothing_of_the_failed_try_before_it():
    run = a_run()
    lifecycle.retry(a_claim(run), 0, ERROR)

    assert lifecycle.succeed([(a_claim(run), None)])

    ended = now_of(run)
    told = (ended.error, ended.error_type, ended.traceback, ended.fingerprint, ended.exception)
    assert told == Failing("")


@pytest.mark.parametrize("delay", [0, 0.00001, 0.25, 31_536_000])
def test_a_back_off_may_be_of_any_length(delay):
    run = a_run()

    lifecycle.retry(a_claim(run), delay, ERROR)

    waits = now_of(run)
    waited = (waits.run_at - waits.started_at).total_seconds()
    assert delay - 0.01 <= waited < delay + 5


def test_a_failed_try_is_counted_and_kept():
    run = a_run()
    for tries in (1, 2):
        lifecycle.retry(a_claim(run), 0, ERROR)
        assert now_of(run).failed_tries == tries

    first, second = run.attempts.all()
    assert (first.number, second.number) == (1, 2)
    assert {first.outcome, second.outcome} == {AttemptOutcome.FAILED}
    assert (second.error, second.traceback) == (ERROR.error, ERROR.traceback)


def test_a_run_that_was_asked_to_stop_is_not_tried_again():
    run = a_run()
    claim = a_claim(run)
    lifecycle.cancel([run.pk], Canceller(None))

    assert lifecycle.retry(claim, 60, ERROR)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.CANCELLED)
    assert ended.finished_at


def test_a_shutdown_gives_a_repeatable_run_back_for_another_worker():
    run = a_run(on_lost=OnLost.RETRY)

    assert lifecycle.give_back(a_claim(run))

    waits = now_of(run)
    assert (waits.status, waits.reason, waits.error) == (Status.PENDING, "", "")
    assert (waits.published_at, waits.lease_until, waits.finished_at) == (None, None, None)
    assert run.attempts.get().outcome == AttemptOutcome.SHUT_DOWN


def test_what_was_given_back_starts_only_when_the_stopped_child_is_surely_gone():
    run = a_run(on_lost=OnLost.RETRY)

    lifecycle.give_back(a_claim(run))

    waits = now_of(run)
    assert waits.run_at - waits.started_at >= timedelta(seconds=5)


def test_a_give_back_uses_up_no_try():
    run = a_run(on_lost=OnLost.RETRY)

    lifecycle.give_back(a_claim(run))

    given_back = now_of(run)
    assert (given_back.failed_tries, given_back.worker_deaths) == (0, 0)
    assert given_back.attempt == 1


def test_a_shutdown_ends_a_run_that_may_not_be_repeated():
    run = a_run(on_lost=OnLost.FAIL)

    assert lifecycle.give_back(a_claim(run))

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.FAILURE, Reason.SHUTDOWN)
    assert ended.error == Reason.SHUTDOWN.label
    assert ended.finished_at


@pytest.mark.parametrize("on_lost", [OnLost.RETRY, OnLost.FAIL])
def test_a_shutdown_revokes_a_run_that_was_asked_to_stop(on_lost):
    run = a_run(on_lost=on_lost)
    claim = a_claim(run)
    lifecycle.cancel([run.pk], Canceller(None))

    assert lifecycle.give_back(claim)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.CANCELLED)
    assert ended.error == ""
    assert ended.finished_at
