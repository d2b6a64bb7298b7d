"""The log of a run on real workers: read live, kept through deaths, bounded."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.models import LogLine, TaskExecution
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, a_system, ends, eventually, starts

LINES_KEPT = 10_000


@pytest.fixture
def beat_only(
    tmp_path: Path, transactional_db: None, broker: Broker, ada: User
) -> Iterator[System]:
    """For workers of the test's own kind."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada) as system:
        system.start_beat()
        yield system


def run(system: System, job: str, *args: object, **fields: object) -> TaskExecution:
    return system.run(f"tasks_app.tests.chatty_jobs.{job}", *args, **fields)


def said(execution: TaskExecution) -> list[tuple[int, str]]:
    lines = LogLine.objects.of_execution(execution.pk).in_order()
    return list(lines.values_list("attempt", "text"))


def test_a_log_is_read_while_its_run_works(system: System) -> None:
    execution = starts(run(system, "talk", 20))
    heard: list[str] = []
    after = 0
    heard_live = 0
    while True:
        page = services.read_log(system.actor, execution, after=after, limit=100)
        heard += [line.text for line in page.lines]
        after = page.after
        if page.final and not page.lines:
            break
        heard_live = heard_live if page.final else len(heard)
        # It goes on until it was heard, however late this test listens.
        if heard_live > 5 and execution.cancel_requested_at is None:
            execution = services.cancel_execution(system.actor, execution)
        time.sleep(0.2)

    assert heard_live > 5
    assert heard == [f"word {number}" for number in range(1, len(heard) + 1)]
    assert page.dropped == 0


def test_what_was_said_a_second_before_a_kill_is_kept(system: System) -> None:
    execution = ends(run(system, "chatter", "one", "two", "die", "three"), within=20)

    assert execution.status == "success"
    again = [(2, "one"), (2, "two"), (2, "three")]
    assert said(execution) == [(1, "one"), (1, "two"), *again]


@pytest.mark.parametrize("pool", ["threads", "solo", "prefork"])
def test_every_pool_keeps_the_last_words_of_a_run(beat_only: System, pool: str) -> None:
    beat_only.start_worker("-P", pool, *(["--max-tasks-per-child=1"] * (pool == "prefork")))

    for _ in range(3):
        execution = ends(run(beat_only, "chatter", "one", "two", "fail"))

        assert execution.status == "failure"
        assert said(execution) == [(1, "one"), (1, "two")]


def test_runs_of_one_process_do_not_hear_each_other(beat_only: System) -> None:
    beat_only.start_worker("-P", "threads", "-c", "4")

    both = [run(beat_only, "chatter", *[word] * 200) for word in ("one", "two")]

    for execution, word in zip(both, ("one", "two"), strict=True):
        assert said(ends(execution)) == [(1, word)] * 200


@pytest.mark.parametrize("lines", [30_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_of_a_flood_the_end_is_kept_and_memory_stays_flat(system: System, lines: int) -> None:
    ends(run(system, "flood", 2 * LINES_KEPT), within=60)

    execution = ends(run(system, "flood", lines), within=90)

    assert execution.status == "success"
    kept = said(execution)
    assert len(kept) == LINES_KEPT
    assert kept[-1][1].startswith(f"line {lines - 1} ")
    page = services.read_log(system.actor, execution, limit=1)
    assert page.lines[0].text == f"{lines - LINES_KEPT:,} lines dropped here"
    assert page.dropped == lines - LINES_KEPT
    assert execution.result["grown"] < 24


def test_each_kind_of_process_logs_to_its_file_with_the_run(
    beat_only: System, tmp_path: Path
) -> None:
    beat_only.start_worker("-l", "INFO", LOG_DIR=str(tmp_path / "logs"))

    execution = ends(run(beat_only, "chatter", "one"))

    line = f'logger=shop.orders execution={execution.pk} attempt=1 message="one"'
    file = tmp_path / "logs" / "celery_worker.log"
    eventually(lambda: line in file.read_text())
    assert not file.with_name("app.log").exists()


@pytest.mark.long
def test_a_flood_slows_other_runs_by_a_tenth_at_most(system: System) -> None:
    """Beside a run that floods and keeps its log, and beside one that floods and does not: the
    medians of interleaved rounds."""
    kept: list[float] = []
    not_kept: list[float] = []
    for _ in range(10):
        kept += _beside(system, run(system, "flood", 100_000))
        not_kept += _beside(system, run(system, "flood", 100_000, keep_log=False))

    assert median(kept) <= 1.1 * median(not_kept)


def _beside(system: System, flood: TaskExecution) -> Iterator[float]:
    """How long other runs took while this one worked, in seconds."""
    starts(flood)
    while flood.finished_at is None:
        other = ends(run(system, "count", 1_000_000))
        yield other.result
        flood.refresh_from_db()
