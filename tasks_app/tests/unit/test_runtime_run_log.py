"""The log of an attempt in memory: the newest lines, and no more than fit."""

import os
from uuid import uuid4

import pytest
from pytest_django import Settings

from tasks_app.models.log_line import PER_ATTEMPT
from tasks_app.runtime.logs.run_log import LONGEST_LINE, OVERLAP, RunLog

KIB = 1024


def a_log(attempt: int = 1) -> RunLog:
    return RunLog(uuid4(), attempt)


def said(log: RunLog, *texts: str) -> RunLog:
    for text in texts:
        log.add(0.0, "INFO", "shop", text)
    return log


def texts_of(log: RunLog) -> list[str]:
    return [line.text for line in log.unwritten()[1]]


def test_lines_are_numbered_behind_the_number_of_their_attempt() -> None:
    _, lines = said(a_log(attempt=3), "one", "two").unwritten()

    assert [line.number for line in lines] == [3 * PER_ATTEMPT + 1, 3 * PER_ATTEMPT + 2]


def test_of_too_many_lines_the_oldest_go(settings: Settings) -> None:
    settings.LOG_LINES_MAX = 3

    log = said(a_log(), *"abcde")

    assert texts_of(log) == ["c", "d", "e"]
    assert log.unwritten()[0] == PER_ATTEMPT + 3


def test_of_too_many_bytes_the_oldest_go(settings: Settings) -> None:
    settings.LOG_BYTES_MAX = 4 * KIB

    log = said(a_log(), "a" * KIB, "€" * KIB, "b" * 3, "c" * KIB)

    assert [text[0] for text in texts_of(log)] == ["b", "c"]


def test_a_line_is_held_only_as_far_as_it_may_be_stored() -> None:
    log = said(a_log(), "x" * 10_000_000, "\ud800\0")

    assert len(texts_of(log)[0]) == LONGEST_LINE + OVERLAP


def test_what_is_written_is_held_no_longer() -> None:
    log = said(a_log(), "one", "two", "three")
    _, lines = log.unwritten()

    log.wrote(lines[:2])

    assert texts_of(log) == ["three"]
    assert not log.is_written
    log.wrote(lines)
    assert log.is_written


def test_written_lines_count_for_what_is_kept(settings: Settings) -> None:
    settings.LOG_LINES_MAX = 2
    log = said(a_log(), "one", "two")
    log.wrote(log.unwritten()[1])

    said(log, "three")

    assert log.unwritten()[0] == PER_ATTEMPT + 2
    assert log.oldest_written == PER_ATTEMPT + 1


def test_a_process_that_the_job_forked_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    log = a_log()
    monkeypatch.setattr(os, "getpid", lambda: 1)

    assert said(log, "one").is_written
