"""Words as data: written, read back and said, they mean the same."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tasks_app.lifecycle import Claim, Failing
from tasks_app.runtime import words
from tasks_app.runtime.words import Word
from tasks_app.states import Reason
from tasks_app.tests.runs import a_claim, a_run, now_of

CLAIM = Claim(uuid4(), uuid4())
ERROR = Failing("ValueError: no", "ValueError", "Traceback", "f00d", {"exc_type": "ValueError"})


@pytest.mark.parametrize(
    "word, status, reason",
    [
        (words.success(CLAIM, {"rows": 3}), "success", ""),
        (words.success_to_pass_on(CLAIM, 1, 1), "success", ""),
        (words.failure(CLAIM, Reason.TIMEOUT, ERROR), "failure", "timeout"),
        (words.retry(CLAIM, 30.0, ERROR, {"next": {"args": [2]}}), "retry", "back_off"),
        (words.revoke(CLAIM, Reason.IGNORED), "revoked", "ignored"),
        (words.give_back(CLAIM), "pending", ""),
        (words.unclaim(CLAIM), "pending", ""),
        (words.loss(CLAIM), "retry", "back_off"),
    ],
    ids=lambda value: value.verb if isinstance(value, Word) else "",
)
def test_a_word_that_was_kept_makes_the_move_of_the_word(db, word, status, reason):
    run = a_run(on_lost="retry")
    kept = Word.read(word._replace(claim=a_claim(run)).as_json())

    assert kept.say()

    now = now_of(run)
    assert (now.status, now.reason) == (status, reason)
    if word.verb in (words.FAILURE, words.RETRY):
        assert (now.error, now.error_type, now.traceback) == ERROR[:3]
        assert (now.fingerprint, now.exception) == ERROR[3:]
    if word.verb == words.RETRY:
        assert now.envelope == {"next": {"args": [2]}}
    if word.verb == words.SUCCESS:
        assert now.result == {"rows": 3}


def test_what_is_passed_on_is_what_the_job_returned():
    value = {"at": datetime(2026, 1, 2, tzinfo=UTC), "id": CLAIM.id}

    word = words.success_to_pass_on(CLAIM, "***", value)

    assert Word.read(word.as_json()).told == ("***", value)


def test_a_result_that_looks_like_a_date_stays_as_it_was_kept():
    kept = {"__type__": "datetime", "__value__": "2026-01-02T00:00:00+00:00"}

    assert Word.read(words.success(CLAIM, kept).as_json()).told == (kept,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        words.loss(CLAIM).as_json()[:-5],
        words.loss(CLAIM).as_json().replace('"loss"', '"submit"'),
        words.loss(CLAIM).as_json().replace('"version": 1', '"version": 2'),
        words.loss(CLAIM).as_json().replace(str(CLAIM.id), "nobody"),
        words.loss(CLAIM)
        .as_json()
        .replace('"pass_on"', '"loss"')
        .replace('"told": []', '"told": 3'),
        words.success_to_pass_on(CLAIM, 1, 2).as_json().replace("[1, 2]", "[1]"),
    ],
)
def test_what_is_no_word_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Word.read(text)
