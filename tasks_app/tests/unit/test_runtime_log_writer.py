"""From the memory of a worker to the table: what is stored, and what happens when it cannot be."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, OperationalError
from pytest_django import Settings

from tasks_app.models import LogLine, TaskExecution
from tasks_app.models.log_line import PER_ATTEMPT, LogLineQuerySet
from tasks_app.runtime.logs import writer as log_writer
from tasks_app.runtime.logs.run_log import LONGEST_LINE, RunLog
from tasks_app.runtime.logs.writer import BATCH, LONGEST_DELAY, LogWriter, write
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.log_writers import HandWriter, stored, texts

# The writer drops a connection that fails, also one with the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def run() -> TaskExecution:
    return a_run()


@pytest.fixture
def log(run: TaskExecution) -> RunLog:
    return RunLog(run.pk, 1)


@pytest.fixture
def writer(log: RunLog) -> HandWriter:
    writer = HandWriter()
    writer.follow(log)
    return writer


@pytest.fixture
def thread(log: RunLog, monkeypatch: pytest.MonkeyPatch) -> LogWriter:
    """A writer with its thread, which keeps no connection beyond the test."""
    monkeypatch.setattr(log_writer, "REST", 0)
    monkeypatch.setattr(log_writer, "PAUSE", 0.05)
    writer = LogWriter()
    writer.follow(log)
    return writer


def say(log: RunLog, *said: str) -> None:
    for text in said:
        log.add(NOON.timestamp(), "ERROR", "shop.orders", text)


def failing(error: Exception, times: int = 1) -> Callable[..., Any]:
    """Instead of `store`: fails so often, then works."""
    works, left = LogLineQuerySet.store, [error] * times

    def store(lines: LogLineQuerySet, new: Any) -> None:
        if left:
            raise left.pop()
        works(lines, new)

    return store


def test_a_line_is_stored_as_it_was_logged(run: TaskExecution, log: RunLog) -> None:
    say(log, "out of stock")

    write(log)

    [line] = stored(run)
    assert (line.at, line.level, line.logger) == (NOON, "ERROR", "shop.orders")
    assert (line.text, line.attempt, line.number) == ("out of stock", 1, PER_ATTEMPT + 1)


def test_secrets_are_not_stored(run: TaskExecution, log: RunLog) -> None:
    say(log, "login with password=hunter-22")

    write(log)

    assert texts(run) == ["login with password=***"]


def test_a_secret_across_the_end_of_a_long_line_is_not_stored_in_half(
    run: TaskExecution, log: RunLog
) -> None:
    secret = "belfry_" + "0123456789abcdef" * 4
    say(log, " " * (LONGEST_LINE - 30) + secret)

    write(log)

    assert "belfry_" not in texts(run)[0]


@pytest.mark.parametrize(
    "said, kept",
    [
        ("a\0b", "a\\x00b"),
        ("half \ud800", "half \\ud800"),
        ("€" * LONGEST_LINE, "€" * (LONGEST_LINE // 3) + " …"),
        ("", ""),
    ],
    ids=["nul", "half a character", "too long", "empty"],
)
def test_every_text_can_be_stored(run: TaskExecution, log: RunLog, said: str, kept: str) -> None:
    say(log, said)

    write(log)

    assert texts(run) == [kept]


def test_many_lines_are_stored_in_their_order(run: TaskExecution, log: RunLog) -> None:
    say(log, *map(str, range(2 * BATCH + 1)))

    write(log)

    assert texts(run) == [str(number) for number in range(2 * BATCH + 1)]
    assert log.is_written


def test_what_is_too_old_is_deleted(settings: Settings, run: TaskExecution) -> None:
    settings.LOG_LINES_MAX = 3
    log = RunLog(run.pk, 2)
    LogLine.objects.create(
        execution=run, attempt=1, number=PER_ATTEMPT + 1, at=NOON, text="of attempt 1"
    )
    for said in ("a", "b", "c", "d", "e"):
        say(log, said)
        write(log)

    assert texts(run) == ["of attempt 1", "c", "d", "e"]


def test_a_flood_is_written_more_rarely_than_it_overflows(
    settings: Settings, run: TaskExecution
) -> None:
    settings.LOG_LINES_MAX = 2
    log, writer = RunLog(run.pk, 1), HandWriter()
    writer.follow(log)
    say(log, "a", "b", "c")
    writer.write_all()

    say(log, "d", "e", "f")
    writer.write_all()
    assert texts(run) == ["b", "c"]

    writer.finish(log)
    assert texts(run) == ["e", "f"]


def test_writing_again_what_already_stands_changes_nothing(
    run: TaskExecution, log: RunLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(log, "one")
    with monkeypatch.context() as patch:
        patch.setattr(log, "wrote", lambda _: None)  # as after a commit whose reply was lost
        write(log)

    write(log)

    assert texts(run) == ["one"]


def test_a_database_that_is_away_gets_the_lines_when_it_is_back(
    run: TaskExecution, log: RunLog, writer: HandWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogLineQuerySet, "store", failing(OperationalError("away")))
    say(log, "one")

    writer.write_all()
    assert texts(run) == []
    say(log, "two")
    writer.write_all()

    assert texts(run) == ["one", "two"]


def test_one_batch_that_cannot_be_stored_holds_up_no_other(
    run: TaskExecution,
    log: RunLog,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(log_writer, "BATCH", 2)
    monkeypatch.setattr(LogLineQuerySet, "store", failing(DataError("odd")))
    say(log, "one", "two", "three")

    write(log)

    assert texts(run) == ["three"]
    assert f"execution={run.pk} 2 line(s) dropped" in caplog.text


def test_the_log_of_a_run_that_was_deleted_is_dropped(writer: HandWriter) -> None:
    gone = RunLog(uuid4(), 1)
    writer.follow(gone)
    say(gone, "one")

    writer.finish(gone)

    assert not writer.follows(gone)
    assert not LogLine.objects.exists()


def test_a_run_takes_its_log_along(run: TaskExecution, log: RunLog) -> None:
    say(log, "one")
    write(log)

    run.delete()

    assert not LogLine.objects.exists()


def test_a_run_that_ended_is_forgotten_once_its_lines_are_written(
    run: TaskExecution, log: RunLog, writer: HandWriter
) -> None:
    say(log, "last words")
    writer.write_all()
    assert writer.follows(log)

    writer.finish(log)

    assert not writer.follows(log)


def test_lines_of_an_ended_run_are_not_held_for_ever(
    log: RunLog, writer: HandWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogLineQuerySet, "store", failing(OperationalError("away"), 2))
    say(log, "one")
    writer.finish(log)
    assert writer.follows(log)

    writer._ended[log] = time.monotonic() - LONGEST_DELAY - 1
    writer.write_all()

    assert not writer.follows(log)


def test_a_run_waits_for_its_last_lines_and_they_are_there(
    run: TaskExecution, log: RunLog, thread: LogWriter
) -> None:
    say(log, "last words")

    thread.finish(log)

    assert texts(run) == ["last words"]


def test_a_run_does_not_wait_for_a_database_that_is_away(
    log: RunLog, writer: HandWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogLineQuerySet, "store", failing(OperationalError("away")))
    monkeypatch.setattr(log_writer, "PATIENCE", 60)
    say(log, "one")
    writer.write_all()

    asked_at = time.monotonic()
    LogWriter.finish(writer, log)

    assert time.monotonic() - asked_at < 10


def test_the_thread_of_the_writer_survives_what_goes_wrong(
    run: TaskExecution, log: RunLog, thread: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogLineQuerySet, "store", failing(OperationalError("away")))
    say(log, "one")

    thread.finish(log)

    assert texts(run) == ["one"]
