"""Each promise is held: a trial without a fault passes, and a forged one is found."""

from typing import Any

import pytest

from tasks_app.tests.faults.checker import CHECKS, violations
from tasks_app.tests.faults.evidence import Evidence, Leftovers
from tasks_app.tests.faults.forged import (
    ONE,
    TWO,
    a_body,
    a_request,
    a_run,
    a_schedule,
    a_tick,
    a_trial,
    a_try,
    second,
)


def found(code: str, evidence: Evidence) -> list[str]:
    """What the check of that code says; no other matters here."""
    [check] = [check for check in CHECKS if check.code == code]
    return list(check.find(evidence))


def with_run(**columns: Any) -> Evidence:
    """One run and its body, of which nothing was ever lost."""
    run = a_run(**columns)
    return a_trial(runs=[run], tries=[], clients=[a_request()], effects=a_body())


def with_requests(*requests: dict, runs: list | None = None) -> Evidence:
    """What clients heard, and the rows that there are."""
    runs = [a_run()] if runs is None else runs
    return a_trial(clients=list(requests), runs=runs, tries=[], effects=[])


def with_ticks(*ticks: dict, clients: tuple = (), **words: Any) -> Evidence:
    """The rows of the schedule with these words."""
    return a_trial(runs=list(ticks), tries=[], clients=[a_schedule(**words), *clients])


def test_a_trial_without_a_fault_breaks_no_promise():
    assert violations(a_trial()) == {check.code: [] for check in CHECKS}


# C1


def test_an_acknowledged_run_without_a_row_is_found():
    assert "has no row" in found("C1", with_requests(a_request(execution=TWO)))[0]


def test_an_acknowledged_run_with_other_arguments_is_found():
    assert "other arguments" in found("C1", with_requests(a_request(mark="another")))[0]


def test_a_run_that_never_ends_is_found():
    assert "pending" in found("C1", with_run(status="pending", finished_at=None))[0]


def test_a_body_without_a_row_is_found():
    assert f"{TWO} ran" in found("C1", a_trial(effects=[*a_trial().effects, *a_body(TWO)]))[0]


def test_a_chain_that_stops_half_way_is_found():
    composer = a_run(result={"attempt": 1, "follows": TWO})
    part = a_run("a-part", parent_id=ONE)

    assert "last part" in found("C1", with_requests(a_request(), runs=[composer, part]))[0]
    failed = {**part, "status": "failure"}
    assert not found("C1", a_trial(runs=[composer, failed], tries=[], effects=[]))


# C2


def test_an_attempt_that_begins_twice_is_found():
    assert "2 times" in found("C2", a_trial(effects=[*a_body(), *a_body()]))[0]


def test_a_repeated_run_that_may_not_be_repeated_is_found():
    once = a_run(on_lost="fail", attempt=2)
    effects = [*a_body(ONE, 1), *a_body(ONE, 2)]

    assert "may not be repeated" in found("C2", a_trial(runs=[once], effects=effects))[0]
    assert not found("C2", a_trial(runs=[{**once, "failed_tries": 1}], effects=effects))


# C3


def test_an_attempt_that_was_claimed_before_the_last_one_ended_is_found():
    assert "before 1 ended" in found("C3", a_trial(tries=[a_try(1, 1, 6)]))[0]


def test_an_attempt_that_was_claimed_over_another_is_found():
    assert "while 1 ran" in found("C3", a_trial(tries=[]))[0]


def test_attempts_that_both_failed_and_overlap_are_found():
    run = a_run(attempt=2, status="failure")

    overlapping = a_trial(runs=[run], tries=[a_try(1, 1, 4), a_try(2, 3, 6)])

    assert "before 1 ended" in found("C3", overlapping)[0]


def test_an_attempt_number_that_went_back_is_found():
    assert "is at attempt 2" in found("C3", a_trial(tries=[a_try(1, 1, 4), a_try(3, 6, 7)]))[0]


# C4


def test_a_result_of_a_losing_attempt_is_found():
    assert "result of attempt 9" in found("C4", with_run(result={"attempt": 9}))[0]


def test_a_success_of_a_body_that_never_ended_is_found():
    assert "never ended" in found("C4", a_trial(effects=[a_body()[0]]))[0]


def test_an_error_of_a_losing_attempt_is_found():
    error = "ConnectionError: attempt 1 failed"

    assert (
        "error of attempt 1" in found("C4", with_run(status="failure", attempt=2, error=error))[0]
    )
    assert not found("C4", with_run(status="failure", attempt=1, error=error))


def test_a_try_with_the_error_of_another_is_found():
    tried = {**a_try(1, 1, 4), "error": "ConnectionError: attempt 2 failed"}

    assert "error of try 2" in found("C4", a_trial(tries=[tried]))[0]


# C5


ALL_FOUR = [a_tick(number) for number in range(4)]


def test_a_missing_tick_is_found():
    assert found("C5", with_ticks(*ALL_FOUR[:3])) == ["each-second has no row for 12:00:03"]


def test_a_tick_with_two_rows_is_found():
    again = {**a_tick(3), "id": TWO}

    assert found("C5", with_ticks(*ALL_FOUR, again)) == ["each-second has 2 rows for 12:00:03"]


def test_a_tick_that_the_schedule_does_not_say_is_found():
    assert "does not say" in found("C5", with_ticks(*ALL_FOUR, a_tick(4)))[0]


def test_a_schedule_that_was_acknowledged_and_is_not_there_is_found():
    assert "does not exist" in found("C5", with_ticks(key="another"))[0]
    assert not found("C5", with_ticks(key="another", outcome="unknown"))


def test_a_gap_counts_for_the_ticks_that_it_names():
    gap = a_tick(2, status="skipped", reason="over_limit", missed_from=second(0), missed_count=3)

    assert not found("C5", with_ticks(gap, a_tick(3)))
    assert (
        "2 ticks missed of 3" in found("C5", with_ticks({**gap, "missed_count": 2}, a_tick(3)))[0]
    )


@pytest.mark.parametrize(
    "reason, words, is_wrong",
    [
        ("", {}, True),
        ("overlap", {}, True),
        ("overlap", {"overlap": "skip"}, False),
        ("missed", {}, True),
        ("missed", {"catch_up": "latest"}, False),
        ("max_runs", {"overlap": "skip"}, True),
    ],
)
def test_a_tick_may_be_skipped_for_what_its_schedule_says_only(reason, words, is_wrong):
    skipped = a_tick(3, status="skipped", reason=reason)

    assert bool(found("C5", with_ticks(*ALL_FOUR[:3], skipped, **words))) is is_wrong


def test_a_schedule_that_was_taken_away_fires_no_more_and_missed_nothing_before():
    asked, answered = second(1.5).timestamp(), second(1.6).timestamp()
    away = a_request("disable", key="each-second", asked_at=asked, answered_at=answered)

    assert not found("C5", with_ticks(*ALL_FOUR[:2], clients=(away,)))
    assert "12:00:01" in found("C5", with_ticks(*ALL_FOUR[:1], clients=(away,)))[0]
    assert "12:00:02" in found("C5", with_ticks(*ALL_FOUR[:3], clients=(away,)))[0]


# C6


@pytest.mark.parametrize(
    "column, value", [("status", "failure"), ("attempt", 2), ("finished_at", second(9))]
)
def test_a_final_row_that_changed_is_found(column, value):
    seen = with_run().finals

    changed = a_trial(runs=[a_run(**{column: value})], finals=seen)

    assert f"final with {column}" in found("C6", changed)[0]


def test_a_final_row_that_is_gone_is_found():
    assert "its row is gone" in found("C6", a_trial(runs=[], finals=with_run().finals))[0]


# C7


def test_a_run_that_begins_after_it_was_cancelled_is_found():
    cancel = a_request("cancel", of=ONE, status="revoked", attempt=0)

    assert "attempt 1 began" in found("C7", a_trial(clients=[cancel], effects=a_body()))[0]
    while_it_ran = {**cancel, "attempt": 1}
    assert not found("C7", a_trial(clients=[while_it_ran], effects=a_body()))


def test_a_run_that_was_revoked_without_an_attempt_and_ran_is_found():
    assert "and ran" in found("C7", with_run(status="revoked", attempt=0))[0]


# C8


def test_too_many_tries_are_found():
    assert "failed 3 times of 2" in found("C8", with_run(failed_tries=3, max_attempts=2))[0]


def test_too_many_deaths_are_found():
    assert "lost 4 workers" in found("C8", with_run(worker_deaths=4))[0]


# C9


@pytest.mark.parametrize(
    "left",
    [Leftovers({"default": 3}), Leftovers(open_transactions=3), Leftovers(waiting_locks=1)],
)
def test_what_is_left_behind_is_found(left):
    assert found("C9", a_trial(leftovers=left))


def test_a_run_that_is_started_for_ever_is_found():
    assert "for ever" in found("C9", with_run(status="started", finished_at=None))[0]


# C10

UNKNOWN = a_request(outcome="unknown", execution=None)


def test_an_unknown_submission_may_have_one_run_or_none():
    assert not found("C10", with_requests(UNKNOWN))
    assert not found("C10", with_requests(UNKNOWN, runs=[]))


@pytest.mark.parametrize("request_", [a_request(), UNKNOWN])
def test_a_submission_with_two_runs_is_found(request_):
    twice = [a_run(), a_run(TWO, kwargs={"mark": f"mark of {ONE}"})]

    assert "has 2 runs" in found("C10", with_requests(request_, runs=twice))[0]


def test_a_refused_submission_with_a_run_is_found():
    assert "refused" in found("C10", with_requests(a_request(outcome="refused")))[0]
    assert not found("C10", with_requests(UNKNOWN, a_request(outcome="refused")))


@pytest.mark.parametrize(
    "outcome, children, is_wrong",
    [
        ("acknowledged", 1, False),
        ("acknowledged", 0, True),
        ("unknown", 0, False),
        ("unknown", 1, False),
        ("unknown", 2, True),
        ("refused", 1, True),
    ],
)
def test_a_rerun_makes_one_run(outcome, children, is_wrong):
    asked = a_request("rerun", outcome, of=ONE)
    runs = [a_run(str(n), parent_id=ONE, trigger="rerun") for n in range(children)]

    assert bool(found("C10", with_requests(asked, runs=[a_run(), *runs]))) is is_wrong
