"""The last word of a run: fenced by the claim's token, said once, and repeated without harm."""

import pytest

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Failing, Report
from tasks_app.models import Attempt
from tasks_app.states import AttemptOutcome, OnLost, Reason, Status
from tasks_app.tests.runs import (
    LEASE,
    a_claim,
    a_run,
    a_zombie_on,
    now_of,
    row_of,
    the_claim_on,
)

pytestmark = pytest.mark.django_db
ERROR = Failing("ValueError: no", "ValueError", "Traceback ...", "f1", {"exc_type": "ValueError"})

# All that a claim's holder may say of a run, with what it answers when the word does not count.
WORDS = {
    "succeed": (lambda claim: lifecycle.succeed([(claim, 1)]), set()),
    "fail": (lambda claim: lifecycle.fail(claim, Reason.ERROR, ERROR), False),
    "revoke": (lambda claim: lifecycle.revoke(claim, Reason.CANCELLED), False),
    "retry": (lambda claim: lifecycle.retry(claim, 1, ERROR), False),
    "give_back": (lifecycle.give_back, False),
    "lose": (lifecycle.lose, False),
    "renew": (lambda claim: lifecycle.renew([claim], lease=LEASE), {}),
    "report": (lambda claim: lifecycle.report_progress(claim, Report(9), lease=LEASE), None),
}


@pytest.mark.parametrize("name", list(WORDS))
def test_a_zombies_word_changes_nothing(name):
    say, unheard = WORDS[name]
    run = a_run(Status.STARTED, on_lost=OnLost.RETRY)
    before = row_of(run)

    assert say(a_zombie_on(run)) == unheard

    assert row_of(run) == before
    assert not run.attempts.exists()


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.FAILURE, Status.REVOKED])
@pytest.mark.parametrize("name", list(WORDS))
def test_after_a_last_word_set_by_hand_no_other_counts(name, status):
    say, unheard = WORDS[name]
    run = a_run(status, reason=Reason.SET_BY_HAND)
    before = row_of(run)

    assert say(the_claim_on(run)) == unheard

    assert row_of(run) == before
    assert not run.attempts.exists()


RESULTS = [None, 0, False, "", "text", [], [1, None], {"pages": 3, "deep": {"ü": 1.5}}]


@pytest.mark.parametrize("result", RESULTS, ids=repr)
def test_a_success_keeps_its_result(result):
    run = a_run()
    claim = a_claim(run)

    assert lifecycle.succeed([(claim, result)]) == {run.pk}

    ended = now_of(run)
    assert (ended.status, ended.reason, ended.result) == (Status.SUCCESS, "", result)
    assert type(ended.result) is type(result)
    assert ended.finished_at >= ended.started_at


def test_many_succeed_by_one_statement_each_with_its_own_result(django_assert_num_queries):
    runs = [a_run() for _ in range(3)]
    said = [(a_claim(run), result) for run, result in zip(runs, [None, {"n": 1}, 2], strict=True)]

    with django_assert_num_queries(1):
        assert lifecycle.succeed(said) == {run.pk for run in runs}

    assert [now_of(run).result for run in runs] == [None, {"n": 1}, 2]


def test_one_overtaken_success_does_not_take_the_others_with_it():
    lost, good = a_run(Status.STARTED), a_run(Status.STARTED)

    assert lifecycle.succeed([(a_zombie_on(lost), 1), (the_claim_on(good), 2)]) == {good.pk}

    assert (now_of(lost).status, now_of(good).status) == (Status.STARTED, Status.SUCCESS)


def test_a_success_that_told_no_progress_ends_at_100():
    run = a_run()

    lifecycle.succeed([(a_claim(run), None)])

    assert now_of(run).progress == 100


def test_a_success_ends_where_the_job_said_it_was():
    run = a_run()
    claim = a_claim(run)
    lifecycle.report_progress(claim, Report(80, "8 of 10 files", {"files": 8}), lease=LEASE)

    lifecycle.succeed([(claim, None)])

    ended = now_of(run)
    assert (ended.progress, ended.progress_message) == (80, "8 of 10 files")
    assert ended.progress_data == {"files": 8}


def test_a_failure_keeps_its_progress_and_says_why():
    run = a_run()
    claim = a_claim(run)
    lifecycle.report_progress(claim, Report(40), lease=LEASE)

    assert lifecycle.fail(claim, Reason.TIMEOUT, ERROR)

    ended = now_of(run)
    assert (ended.status, ended.reason, ended.progress) == (Status.FAILURE, Reason.TIMEOUT, 40)
    told = (ended.error, ended.error_type, ended.traceback, ended.fingerprint, ended.exception)
    assert told == ERROR
    assert ended.finished_at


def test_a_failure_keeps_a_row_of_its_attempt():
    run = a_run(Status.RETRY, attempt=1)
    claim = a_claim(run, worker="worker@there")

    lifecycle.fail(claim, Reason.ERROR, ERROR)

    attempt = run.attempts.get()
    assert (attempt.number, attempt.outcome) == (2, AttemptOutcome.FAILED)
    assert (attempt.worker, attempt.code_version) == ("worker@there", "c0de")
    assert (attempt.claim_token, attempt.error) == (claim.token, ERROR.error)
    assert attempt.traceback == ERROR.traceback
    assert attempt.started_at <= attempt.ended_at


@pytest.mark.parametrize("reason", [Reason.CANCELLED, Reason.IGNORED])
def test_a_run_that_obeys_is_revoked_with_the_reason(reason):
    run = a_run()

    assert lifecycle.revoke(a_claim(run), reason)

    ended = now_of(run)
    assert (ended.status, ended.reason) == (Status.REVOKED, reason)


@pytest.mark.parametrize("name", ["succeed", "revoke"])
def test_only_failures_keep_rows_of_attempts(name):
    say, _ = WORDS[name]

    say(a_claim(a_run()))

    assert not Attempt.objects.exists()


@pytest.mark.parametrize("name", ["succeed", "fail", "revoke", "retry", "give_back"])
def test_a_word_whose_answer_was_lost_counts_again_and_changes_nothing(name):
    say, _ = WORDS[name]
    run = a_run(on_lost=OnLost.RETRY)
    claim = a_claim(run)
    heard = say(claim)
    before = row_of(run)
    attempts = run.attempts.count()

    assert say(claim) == heard

    assert heard
    assert row_of(run) == before
    assert run.attempts.count() == attempts


def test_work_that_was_finished_before_the_cancel_was_obeyed_stands():
    run = a_run()
    claim = a_claim(run)
    lifecycle.cancel([run.pk], Canceller(None))

    assert lifecycle.succeed([(claim, "done")])

    ended = now_of(run)
    assert (ended.status, ended.result) == (Status.SUCCESS, "done")
    assert ended.cancel_requested_at


def test_an_expired_lease_that_nobody_took_over_is_still_the_holders():
    run = a_run(Status.STARTED, lease_until="2020-01-01T00:00Z")

    assert lifecycle.succeed([(the_claim_on(run), None)])
