"""The table of moves is data, and every word that clients use is understood."""

import pytest

from tasks_app.states import (
    FINAL,
    LEADS_TO,
    LIVE,
    WAITING,
    Priority,
    Status,
    read_priority,
    read_status,
    sources,
)

WORDS = {
    Status.PENDING: ["pending", "queued", "waiting"],
    Status.STARTED: ["started", "running"],
    Status.RETRY: ["retry"],
    Status.SUCCESS: ["success", "succeeded", "completed"],
    Status.FAILURE: ["failure", "failed"],
    Status.REVOKED: ["revoked", "cancelled", "canceled"],
    Status.SKIPPED: ["skipped"],
}
SPOKEN = [(word, status) for status, words in WORDS.items() for word in words]


def test_a_status_is_either_live_or_final():
    assert sorted([*LIVE, *FINAL]) == sorted(Status)


def test_exactly_the_live_states_lead_somewhere():
    assert set(LEADS_TO) == set(LIVE)


def test_what_waits_is_live_and_unclaimed():
    assert set(WAITING) == set(LIVE) - {Status.STARTED}


def test_only_what_waits_can_be_started():
    assert sources(Status.STARTED) == WAITING


def test_only_what_runs_can_succeed():
    assert sources(Status.SUCCESS) == (Status.STARTED,)


@pytest.mark.parametrize("word, status", SPOKEN)
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_every_word_for_a_status_is_understood_in_any_case(word, status, case):
    assert read_status(f" {case(word)} ") == status


@pytest.mark.parametrize("word", ["", "lost", "5", "pending!"])
def test_a_word_that_means_no_status_is_refused(word):
    with pytest.raises(ValueError, match="is not a valid Status"):
        read_status(word)


@pytest.mark.parametrize("value", [3, " 3 ", "high", "HIGH", " High "])
def test_a_priority_is_a_number_or_a_word(value):
    assert read_priority(value) is Priority.HIGH


@pytest.mark.parametrize("value", [0, 5, "urgent", "", True, "2.5", "-1"])
def test_what_means_no_priority_is_refused(value):
    with pytest.raises(ValueError, match=r"is not a valid Priority|invalid literal"):
        read_priority(value)
