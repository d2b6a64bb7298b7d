"""What a run says becomes its log, and never its problem."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from tasks_app.models import LogLine, TaskExecution
from tasks_app.runtime.logs import capture
from tasks_app.runtime.logs.capture import RunLogHandler
from tasks_app.runtime.logs.run_log import RunLog
from tasks_app.runtime.logs.this_run import ThisRun, this_run
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.runs import a_run
from tasks_app.tests.unit.log_writers import HandWriter, stored, texts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs write their logs when they end, from INFO on."""
    monkeypatch.setattr(capture, "writer", HandWriter())
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    yield
    root.setLevel(before)


def delivered(job: str, *args: Any, **columns: Any) -> TaskExecution:
    name = f"tasks_app.tests.chatty_jobs.{job}"
    run = a_run(celery_task_name=name, args=list(args), **columns)
    deliver(run)
    return run


def test_whatever_a_run_says_in_whatever_way_is_heard_once() -> None:
    run = delivered("say_in_every_way")

    said = [(line.level, line.logger, line.text.splitlines()[0]) for line in stored(run)]
    assert run.status == "success"
    assert said == [
        ("WARNING", "shop.orders", "from a logger"),
        ("ERROR", "tasks_app.tests.chatty_jobs", "from Celery's logger"),
        ("INFO", "stdout", "from print"),
        ("WARNING", "stderr", "to stderr"),
        ("ERROR", "shop.orders", "with a traceback"),
        # A thread belongs to no run, unless it is started in a copy of the job's context.
        ("INFO", "shop.orders", "from _with_this_context"),
        ("INFO", "stdout", "without an end"),
    ]


def test_a_traceback_is_part_of_its_line() -> None:
    run = delivered("say_in_every_way")

    [line] = [line for line in stored(run) if line.text.startswith("with a traceback")]
    assert line.text.endswith("ValueError: no powder")


def test_a_job_that_fails_has_said_its_last_words() -> None:
    run = delivered("chatter", "one", "two", "fail")

    assert run.status == "failure"
    assert texts(run) == ["one", "two"]


def test_each_attempt_has_its_own_lines() -> None:
    run = delivered("chatter", "one", "retry", "two")

    deliver(run)

    said = [(line.attempt, line.text) for line in stored(run)]
    assert said == [(1, "one"), (2, "one"), (2, "two")]


def test_a_log_that_is_not_kept_is_not_stored() -> None:
    run = delivered("chatter", "one", keep_log=False)

    assert run.status == "success"
    assert not LogLine.objects.exists()


def test_a_level_that_the_process_leaves_out_is_left_out() -> None:
    logging.getLogger().setLevel(logging.WARNING)

    assert texts(delivered("chatter", "one")) == []


@pytest.fixture
def log() -> Iterator[RunLog]:
    """That of a run in whose body this thread is."""
    log = RunLog(uuid4(), 1)
    token = this_run.set(ThisRun(log.execution_id, 1, log))
    yield log
    this_run.reset(token)


def test_a_line_that_cannot_be_put_together_is_told_with_its_error(log: RunLog) -> None:
    facts = {"name": "shop", "levelname": "INFO", "msg": "%d things", "args": ("several",)}

    RunLogHandler().emit(logging.makeLogRecord(facts))

    [line] = log.unwritten()[1]
    assert line.text.startswith("%d things (TypeError(")


def test_a_soft_limit_that_strikes_while_a_line_is_taken_reaches_the_job(log: RunLog) -> None:
    class Slow:
        def __str__(self) -> str:
            raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        RunLogHandler().emit(logging.makeLogRecord({"msg": Slow()}))


def test_a_log_that_cannot_be_written_is_no_error_of_the_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of threads")

    monkeypatch.setattr(HandWriter, "finish", broken)

    assert delivered("chatter", "one").status == "success"


def test_after_a_run_nothing_is_heard_any_more() -> None:
    run = delivered("chatter", "one")

    logging.getLogger("shop.orders").info("too late")

    assert this_run.get() is None
    assert texts(run) == ["one"]
