"""What a running attempt says: I am alive, and this far along."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Report
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import LEASE, a_claim, a_run, a_zombie_on, now_of, the_claim_on

pytestmark = pytest.mark.django_db


def left_of_the_lease(run):
    """Seconds, reckoned from the run's start."""
    run = now_of(run)
    return (run.lease_until - run.started_at) / timedelta(seconds=1)


def test_a_heartbeat_holds_the_run_for_another_lease():
    run = a_run()
    claim = a_claim(run)
    age(seconds=10)

    assert lifecycle.renew([claim], lease=LEASE) == {run.pk: False}

    assert 10 + LEASE - 1 < left_of_the_lease(run) < 10 + LEASE + 5


def test_a_heartbeat_brings_the_wish_to_stop():
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(None))

    assert lifecycle.renew([the_claim_on(run)], lease=LEASE) == {run.pk: True}


def test_many_leases_are_renewed_by_one_statement(django_assert_num_queries):
    ours, overtaken, ended = a_run(Status.STARTED), a_run(Status.STARTED), a_run(Status.SUCCESS)
    claims = [the_claim_on(ours), a_zombie_on(overtaken), the_claim_on(ended)]

    with django_assert_num_queries(1):
        answer = lifecycle.renew(claims, lease=LEASE)

    assert answer == {ours.pk: False}


def test_progress_is_written_and_holds_the_run():
    run = a_run()
    claim = a_claim(run)
    age(seconds=10)

    stop = lifecycle.report_progress(claim, Report(12.5, "page 1", {"page": 1}), lease=LEASE)

    assert stop is False
    run = now_of(run)
    assert (run.progress, run.progress_message) == (12.5, "page 1")
    assert run.progress_data == {"page": 1}
    assert run.progress_at > run.started_at
    assert left_of_the_lease(run) > 10 + LEASE - 1


def test_a_report_brings_the_wish_to_stop():
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(None))

    assert lifecycle.report_progress(the_claim_on(run), Report(1), lease=LEASE) is True


def test_no_run_is_further_than_done():
    run = a_run(Status.STARTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        lifecycle.report_progress(the_claim_on(run), Report(101), lease=LEASE)


def test_progress_told_by_somebody_else_does_not_hold_the_run():
    run = a_run(Status.STARTED)

    assert lifecycle.note_progress(run.pk, Report(30, "by hand", {"n": 1}))

    told = now_of(run)
    assert (told.progress, told.progress_message) == (30, "by hand")
    assert told.progress_data == {"n": 1}
    assert told.progress_at
    assert told.lease_until == run.lease_until


TELLING = [
    lambda claim: lifecycle.renew([claim], lease=LEASE),
    lambda claim: lifecycle.report_progress(claim, Report(1), lease=LEASE),
    lambda claim: lifecycle.save_checkpoint(claim, {"at": 1}, lease=LEASE),
]


@pytest.mark.parametrize("tell", TELLING, ids=["lease", "progress", "checkpoint"])
def test_whatever_brings_the_wish_to_stop_notes_that_it_was_seen(tell, django_assert_num_queries):
    run = a_run(Status.STARTED)
    tell(the_claim_on(run))
    assert now_of(run).cancel_seen_at is None
    lifecycle.cancel([run.pk], Canceller(None))

    with django_assert_num_queries(1):
        tell(the_claim_on(run))

    asked = now_of(run)
    assert asked.cancel_seen_at >= asked.cancel_requested_at


@pytest.mark.parametrize("tell", TELLING, ids=["lease", "progress", "checkpoint"])
def test_the_first_time_that_it_was_seen_stands(tell):
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(None))
    tell(the_claim_on(run))
    age(seconds=60)
    first = now_of(run).cancel_seen_at

    tell(the_claim_on(run))

    assert now_of(run).cancel_seen_at == first


def test_a_zombie_does_not_note_that_it_saw_the_wish():
    run = a_run(Status.STARTED)
    lifecycle.cancel([run.pk], Canceller(None))

    lifecycle.renew([a_zombie_on(run)], lease=LEASE)

    assert now_of(run).cancel_seen_at is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.RETRY, Status.SUCCESS])
def test_only_a_running_run_makes_progress(status):
    run = a_run(status)

    assert not lifecycle.note_progress(run.pk, Report(30))

    assert now_of(run).progress == 0
