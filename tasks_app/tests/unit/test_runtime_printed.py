"""What a run prints: whole lines, whatever the parts it is written in."""

import io
import logging
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tasks_app.runtime.logs.printed import Overheard, listen_to_prints
from tasks_app.runtime.logs.printed_lines import PrintedLines
from tasks_app.runtime.logs.run_log import LONGEST_LINE, RunLog
from tasks_app.runtime.logs.this_run import ThisRun, this_run


@pytest.fixture
def log() -> RunLog:
    return RunLog(uuid4(), 1)


@pytest.fixture
def running(log: RunLog) -> Iterator[PrintedLines]:
    """This thread is in the body of a run."""
    printed = PrintedLines(log)
    token = this_run.set(ThisRun(log.execution_id, 1, log, printed))
    yield printed
    this_run.reset(token)


def heard(log: RunLog) -> list[tuple[str, str, str]]:
    return [(line.level, line.logger, line.text) for line in log.unwritten()[1]]


def test_a_print_of_several_things_is_one_line(log: RunLog, running: PrintedLines) -> None:
    out, err = (Overheard(io.StringIO(), name) for name in ("stdout", "stderr"))

    print("one", 2, file=out)
    print("oh", file=err)

    assert heard(log) == [("INFO", "stdout", "one 2"), ("WARNING", "stderr", "oh")]


def test_what_is_printed_is_printed_as_before(running: PrintedLines) -> None:
    stream = io.StringIO()
    out = Overheard(stream, "stdout")

    assert out.write("one") == 3
    out.writelines(["two", "three\n"])
    out.flush()

    assert stream.getvalue() == "onetwothree\n"
    assert out.isatty() is False


def test_several_lines_at_once_are_several_lines(log: RunLog, running: PrintedLines) -> None:
    running.add("stdout", "one\r\n\ntwo\nthr")
    running.add("stdout", "ee")

    assert [text for *_, text in heard(log)] == ["one", "", "two"]
    running.end()
    assert heard(log)[-1] == ("INFO", "stdout", "three")


def test_of_a_line_that_is_written_over_the_last_state_stays(
    log: RunLog, running: PrintedLines
) -> None:
    for percent in range(0, 101, 10):
        running.add("stderr", f"\r{percent} %")
    running.add("stderr", "\n")

    assert [text for *_, text in heard(log)] == ["100 %"]


def test_a_line_that_never_ends_is_not_collected_for_ever(
    log: RunLog, running: PrintedLines
) -> None:
    for _ in range(3 * LONGEST_LINE // 1000):
        running.add("stdout", "x" * 1000)

    assert len(heard(log)) == 2


def test_what_a_logger_writes_to_the_stream_is_heard_from_the_logger_alone(
    log: RunLog, running: PrintedLines
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(Overheard(stream, "stderr"))

    handler.emit(logging.makeLogRecord({"msg": "one"}))

    assert stream.getvalue() == "one\n"
    assert heard(log) == []


def test_outside_of_a_run_nothing_is_noted(log: RunLog) -> None:
    stream = io.StringIO()

    print("one", file=Overheard(stream, "stdout"))

    assert stream.getvalue() == "one\n"
    assert log.is_written


def test_each_stream_is_listened_to_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", None)

    listen_to_prints()
    first = sys.stdout
    listen_to_prints()

    assert sys.stdout is first
    assert sys.stderr is None
