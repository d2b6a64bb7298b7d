"""The start of an attempt: one claimer wins, and what must not start is dropped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.states import Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import LEASE, a_claim, a_run, now_of, row_of, the_claim_on

pytestmark = pytest.mark.django_db


def claim(*claims):
    return lifecycle.claim(claims, worker="worker@there", pid=42, lease=LEASE, code_version="c0de")


def a_delivery_of(run):
    return Claim(run.pk, uuid4())


def test_a_claim_brings_all_that_the_worker_needs(ada):
    run = a_run(
        args=[1, {"deep": [None]}],
        kwargs={"param": "ü"},
        envelope={"callbacks": [1]},
        owner=ada,
        max_attempts=4,
        retry_backoff=7,
        retry_jitter=False,
        keep_log=False,
    )
    delivery = a_delivery_of(run)

    [started] = claim(delivery)

    with pytest.MonkeyPatch.context() as patch:
        # What the claim did not bring would be asked for in a second statement.
        patch.setattr(type(started), "refresh_from_db", None)
        assert (started.args, started.kwargs) == ([1, {"deep": [None]}], {"param": "ü"})
        assert started.envelope == {"callbacks": [1]}
        assert (started.attempt, started.failed_tries, started.claim_token) == (
            1,
            0,
            delivery.token,
        )
        assert (started.max_attempts, started.retry_backoff, started.retry_jitter) == (4, 7, False)
        assert (started.owner_id, started.task_id, started.trigger) == (ada.pk, None, "code")
        assert started.keep_log is False


def test_the_row_tells_who_holds_it_and_for_how_long():
    run = a_run()
    delivery = a_delivery_of(run)

    claim(delivery)

    run = now_of(run)
    assert (run.status, run.reason, run.attempt) == (Status.STARTED, "", 1)
    assert (run.worker, run.pid, run.code_version) == ("worker@there", 42, "c0de")
    assert run.claim_token == delivery.token
    assert timedelta(seconds=LEASE - 1) < run.lease_until - run.started_at < timedelta(seconds=16)


def test_the_next_attempt_is_numbered_and_forgets_what_the_last_one_said():
    run = a_run(
        Status.RETRY,
        reason=Reason.BACK_OFF,
        attempt=1,
        progress=60,
        progress_message="page 6",
        progress_data={"page": 6},
        progress_at=Now(),
        error="it broke",
        error_type="OSError",
        traceback="...",
    )

    claim(a_delivery_of(run))

    again = now_of(run)
    assert (again.status, again.attempt) == (Status.STARTED, 2)
    assert again.claim_token != run.claim_token
    assert (again.progress, again.progress_message, again.progress_at) == (0, "", None)
    assert again.progress_data == {}
    assert (again.error, again.error_type, again.traceback) == ("", "", "")


def test_many_are_claimed_by_one_statement(django_assert_num_queries):
    runs = [a_run(args=[number]) for number in range(5)]
    deliveries = [a_delivery_of(run) for run in runs]

    with django_assert_num_queries(1):
        started = claim(*deliveries)

    assert {run.pk: run.args for run in started} == {run.pk: run.args for run in runs}
    assert {(run.pk, run.claim_token) for run in started} == set(deliveries)


def test_one_that_may_not_start_does_not_keep_the_others_from_it():
    good, cancelled = a_run(), a_run(Status.REVOKED)

    assert claim(a_delivery_of(cancelled), a_delivery_of(good)) == [good]


def test_an_early_message_starts_nothing():
    run = a_run(run_at=Now() + timedelta(seconds=60))
    before = row_of(run)

    assert claim(a_delivery_of(run)) == []

    assert row_of(run) == before


def test_what_was_delayed_starts_when_its_time_has_come():
    run = a_run(run_at=Now() + timedelta(seconds=60))

    age(seconds=61)

    assert claim(a_delivery_of(run)) == [run]


def test_a_cancelled_run_never_starts():
    run = a_run()
    lifecycle.cancel([run.pk], Canceller(None))
    before = row_of(run)

    assert claim(a_delivery_of(run)) == []

    assert row_of(run) == before


def test_a_second_message_starts_nothing():
    run = a_run()
    a_claim(run)
    before = row_of(run)

    assert claim(a_delivery_of(run)) == []

    assert row_of(run) == before


def test_a_message_for_no_row_starts_nothing():
    assert claim(Claim(uuid4(), uuid4())) == []


def test_what_began_in_time_does_not_expire_between_its_attempts():
    run = a_run(Status.RETRY, expires_at=Now() + timedelta(seconds=60))
    age(seconds=61)

    assert claim(a_delivery_of(run)) == [run]


def test_what_has_expired_is_ended_by_the_claim_itself():
    run = a_run(expires_at=Now() + timedelta(seconds=60))
    age(seconds=61)

    assert claim(a_delivery_of(run)) == []

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.EXPIRED)
    assert ended.finished_at > ended.created_at
    assert (ended.attempt, ended.claim_token) == (run.attempt, run.claim_token)


def test_what_expires_later_starts():
    run = a_run(expires_at=Now() + timedelta(seconds=60))

    assert claim(a_delivery_of(run)) == [run]


def test_a_claim_whose_answer_was_lost_proves_itself_by_its_token():
    run = a_run(args=[7])
    delivery = a_delivery_of(run)
    claim(delivery)
    before = row_of(run)

    [proven] = claim(delivery)

    assert (proven.pk, proven.args, proven.attempt) == (run.pk, [7], 1)
    assert row_of(run) == before


def test_a_claim_whose_lost_answer_came_too_late_proves_nothing():
    run = a_run(Status.RETRY, attempt=1)
    late = the_claim_on(run)
    a_claim(run)

    assert claim(late) == []


def test_a_token_proves_its_own_run_only():
    mine, other = a_run(), a_run(Status.STARTED)

    assert claim(Claim(mine.pk, other.claim_token)) == [mine]
    assert claim(Claim(a_run(Status.REVOKED).pk, other.claim_token)) == []
