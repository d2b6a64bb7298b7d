"""What of PostgreSQL's protocol is read: whole answers, and whether they tell of a commit."""

import pytest

from tasks_app.tests.faults.commits import Answers, Questions


def a_message(kind: bytes, content: bytes) -> bytes:
    return kind + (len(content) + 4).to_bytes(4, "big") + content


def done(what: bytes) -> bytes:
    return a_message(b"C", what + b"\0")


IDLE, IN_TRANSACTION = a_message(b"Z", b"I"), a_message(b"Z", b"T")


@pytest.mark.parametrize(
    "stream, committed",
    [
        (done(b"UPDATE 1") + IDLE, [True]),
        (done(b"INSERT 0 2") + IDLE, [True]),
        (done(b"UPDATE 0") + IDLE, [False]),
        (done(b"SELECT 1") + IDLE, [False]),
        (done(b"UPDATE 1") + IN_TRANSACTION, [False]),
        (done(b"UPDATE 1") + IN_TRANSACTION + done(b"COMMIT") + IDLE, [False, True]),
        (done(b"SELECT 1") + IN_TRANSACTION + done(b"COMMIT") + IDLE, [False, False]),
        (done(b"UPDATE 1") + IDLE + done(b"SELECT 1") + IDLE, [True, False]),
    ],
)
def test_a_commit_is_a_write_after_which_no_transaction_is_open(stream, committed):
    assert [answer.is_committed for answer in Answers().feed(stream)] == committed


def test_a_transaction_that_is_rolled_back_commits_nothing():
    stream = done(b"UPDATE 1") + IN_TRANSACTION + done(b"ROLLBACK") + IDLE

    assert [answer.is_committed for answer in Answers().feed(stream)] == [False, False]


def test_answers_are_whole_however_they_arrive():
    answers, stream = Answers(), done(b"UPDATE 1") + IDLE

    arrived = [answer for byte in stream for answer in answers.feed(bytes([byte]))]

    assert [answer.data for answer in arrived] == [stream]
    assert answers.rest() == b""


def test_last_words_without_an_end_are_told():
    answers, words = Answers(), a_message(b"E", b"terminating connection")

    assert list(answers.feed(words + b"Z\0")) == []
    assert answers.rest() == words + b"Z\0"


def test_questions_are_remembered_until_their_transaction_is_over():
    questions = Questions()
    questions.note(b"UPDATE tasks")
    questions.note(b"COMMIT")
    assert questions.asked == b"UPDATE tasksCOMMIT"

    questions.forget()

    assert questions.asked == b""
