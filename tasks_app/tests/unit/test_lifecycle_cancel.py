"""Stopping: what waits never starts, what runs is asked, and what has ended stays as it is."""

from uuid import uuid4

import pytest

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller
from tasks_app.states import FINAL, LIVE, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import LEASE, a_run, now_of, row_of, the_claim_on

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETRY])
def test_what_waits_is_revoked_at_once(status, ada):
    run = a_run(status)

    assert lifecycle.cancel([run.pk], Canceller(ada.pk)) == 1

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.CANCELLED)
    assert ended.finished_at == ended.cancel_requested_at
    assert ended.cancel_requested_by == ada


@pytest.mark.parametrize(
    "columns",
    [
        {"reason": Reason.DELAYED, "run_at": "2100-01-01T00:00Z", "published_at": None},
        {"reason": Reason.BUFFERED, "run_at": None, "published_at": None},
        {"reason": Reason.PAUSED, "published_at": None},
        {"status": Status.RETRY, "reason": Reason.BACK_OFF, "published_at": None},
    ],
    ids=["delayed", "buffered", "paused", "back-off"],
)
def test_what_waits_for_something_is_revoked_and_no_message_starts_it(columns):
    run = a_run(**columns)

    lifecycle.cancel([run.pk], Canceller(None))

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.CANCELLED)
    claim = lifecycle.Claim(run.pk, uuid4())
    assert lifecycle.claim([claim], worker="w", pid=1, lease=LEASE) == []


def test_what_runs_is_only_asked(ada):
    run = a_run(Status.STARTED)

    assert lifecycle.cancel([run.pk], Canceller(ada.pk)) == 1

    asked = now_of(run)
    assert (asked.status, asked.reason, asked.finished_at) == (Status.STARTED, "", None)
    assert asked.cancel_requested_at
    assert asked.cancel_requested_by == ada
    assert asked.lease_until == run.lease_until


def test_the_first_request_stands(ada, bob):
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(ada.pk))
    age(seconds=5)
    first = now_of(run)

    assert lifecycle.cancel([run.pk], Canceller(bob.pk)) == 1

    second = now_of(run)
    assert second.cancel_requested_at == first.cancel_requested_at
    assert second.cancel_requested_by == ada


def test_a_program_without_a_user_can_cancel():
    run = a_run()

    lifecycle.cancel([run.pk], Canceller(None))

    assert now_of(run).cancel_requested_by is None


def test_many_are_cancelled_at_once_and_the_live_ones_are_counted():
    runs = [a_run(status) for status in Status]

    assert lifecycle.cancel([run.pk for run in runs], Canceller(None)) == len(LIVE)


@pytest.mark.parametrize("status", FINAL)
def test_what_has_ended_is_left_as_it_is(status):
    run = a_run(status)
    before = row_of(run)

    assert lifecycle.cancel([run.pk], Canceller(None)) == 0

    assert row_of(run) == before


def end_by_hand(run, status, user=None, progress=30, result=None, error=""):
    canceller = Canceller(user and user.pk)
    return lifecycle.settle(
        run.pk, status, canceller, progress=progress, result=result, error=error
    )


def test_an_outcome_set_by_hand_withdraws_the_claim():
    run = a_run(Status.STARTED)

    assert end_by_hand(run, Status.SUCCESS, progress=100, result={"n": 1})

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.SUCCESS, Reason.SET_BY_HAND)
    assert (ended.progress, ended.result, ended.lease_until) == (100, {"n": 1}, None)
    assert ended.finished_at
    assert lifecycle.renew([the_claim_on(run)], lease=LEASE) == {}


def test_a_failure_set_by_hand_says_why():
    run = a_run()

    assert end_by_hand(run, Status.FAILURE, error="It hangs.")

    ended = now_of(run)
    assert (ended.status, ended.error, ended.progress) == (Status.FAILURE, "It hangs.", 30)


def test_a_hand_cannot_make_a_move_that_the_table_has_not():
    run = a_run(Status.PENDING)
    before = row_of(run)

    assert not end_by_hand(run, Status.SUCCESS)

    assert row_of(run) == before


def test_the_row_tells_who_set_its_outcome_and_when(ada):
    run = a_run(Status.STARTED)

    end_by_hand(run, Status.SUCCESS, ada)

    ended = now_of(run)
    assert (ended.cancel_requested_by, ended.cancel_requested_at) == (ada, ended.finished_at)


def test_who_asked_it_to_stop_before_stays_in_the_row(ada, bob):
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(ada.pk))
    asked = now_of(run).cancel_requested_at

    end_by_hand(run, Status.FAILURE, bob)

    ended = now_of(run)
    assert (ended.cancel_requested_by, ended.cancel_requested_at) == (ada, asked)
