"""Rivals at the same moment: of several that want one row, one wins, and the others learn it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.models import Attempt, Event, TaskExecution
from tasks_app.states import OnLost, Reason, Status
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import LEASE, a_run, now_of, the_claim_on

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(5)


def claim(delivery):
    return len(lifecycle.claim([delivery], worker="w", pid=1, lease=LEASE))


def test_of_eight_claimers_one_wins():
    run = a_run()

    won: Any = at_once(claim, [Claim(run.pk, uuid4()) for _ in range(8)])

    assert sorted(won) == [0] * 7 + [1]
    assert now_of(run).attempt == 1


def test_lists_of_claims_that_overlap_never_share_a_run():
    runs = [a_run() for _ in range(6)]
    orders = [runs, runs[::-1], runs[3:] + runs[:3]]

    def claim_all(order):
        deliveries = [Claim(run.pk, uuid4()) for run in order]
        return [run.pk for run in lifecycle.claim(deliveries, worker="w", pid=1, lease=LEASE)]

    won: Any = at_once(claim_all, orders)

    assert sorted(pk for pks in won for pk in pks) == sorted(run.pk for run in runs)
    assert set(TaskExecution.objects.values_list("attempt", flat=True)) == {1}


@pytest.mark.parametrize("_", ROUNDS)
def test_a_run_is_cancelled_before_it_starts_or_asked_to_stop_after(_):
    run = a_run()

    started, live = at_once(
        lambda verb: verb(),
        [
            lambda: claim(Claim(run.pk, uuid4())),
            lambda: lifecycle.cancel([run.pk], Canceller(None)),
        ],
    )

    run = now_of(run)
    assert live == 1
    assert run.cancel_requested_at
    assert run.status == (Status.STARTED if started else Status.REVOKED)
    assert run.attempt == started


@pytest.mark.parametrize("_", ROUNDS)
def test_a_success_and_the_reaper_do_not_both_decide(_):
    counted: Any
    reaped: Any
    run = a_run(Status.STARTED, lease_until="2026-01-01T00:00Z", on_lost=OnLost.FAIL)

    counted, reaped = at_once(
        lambda verb: verb(),
        [
            lambda: lifecycle.succeed([(the_claim_on(run), "done")]),
            lambda: lifecycle.reap(timezone.now()),
        ],
    )

    ended = now_of(run)
    assert sorted([len(counted), len(reaped)]) == [0, 1]
    assert ended.status == (Status.SUCCESS if counted else Status.FAILURE)
    assert ended.result == ("done" if counted else None)
    assert Attempt.objects.count() == len(reaped)


def test_reapers_share_the_lost_runs_between_them():
    runs = [a_run(Status.STARTED, lease_until="2026-01-01T00:00Z") for _ in range(12)]

    reaped: Any = at_once(lifecycle.reap, [timezone.now()] * 3)

    assert sorted(pk for pks in reaped for pk in pks) == sorted(run.pk for run in runs)
    assert set(TaskExecution.objects.values_list("worker_deaths", flat=True)) == {1}
    assert (Attempt.objects.count(), Event.objects.count()) == (12, 12)


def test_two_last_words_do_not_both_stand():
    run = a_run(Status.STARTED)

    by_hand, counted = at_once(
        lambda verb: verb(),
        [
            lambda: lifecycle.settle(
                run.pk, Status.FAILURE, Canceller(None), progress=0, result=None, error="It hangs."
            ),
            lambda: lifecycle.succeed([(the_claim_on(run), None)]),
        ],
    )

    assert by_hand is not bool(counted)
    assert now_of(run).reason == (Reason.SET_BY_HAND if by_hand else "")


@pytest.mark.postgresql
def test_rows_that_somebody_is_taking_are_passed_over():
    first = a_run(published_at=None, run_at="2026-01-01T00:00Z")
    second = a_run(published_at=None, run_at="2026-01-02T00:00Z")

    def take_one(_):
        with transaction.atomic():
            return list(TaskExecution.objects.unsent().take(1))

    with transaction.atomic():
        assert list(TaskExecution.objects.unsent().take(1)) == [first]
        assert at_once(take_one, [None]) == [[second]]


def test_submissions_at_once_all_get_their_row():
    def submit(_):
        lifecycle.submit([TaskExecution(celery_task_name="job", trigger="code")])

    assert at_once(submit, range(8)) == [None] * 8

    assert TaskExecution.objects.count() == 8
