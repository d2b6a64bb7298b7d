"""Workers are restarted under load: nothing is lost, and nothing waits for it."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psutil
import pytest
from django.db import connection
from django.db.models import F

from config import celery_app
from tasks_app.models import TaskExecution, Worker
from tasks_app.tests.jobs import ENOUGH
from tasks_app.tests.servers.process import ServerProcess
from tasks_app.tests.system import System, becomes, ends, eventually, starts

# Two tests share the machine, each with processes of its own.
BUSY = 3


@contextmanager
def a_load(count: int) -> Iterator[None]:
    """So many short runs, submitted one by one while the block runs and until all are."""

    def submit() -> None:
        job = celery_app.tasks["tasks_app.tests.jobs.count_to"]
        for _ in range(count):
            job.delay(3)
            time.sleep(0.02)
        connection.close()

    load = threading.Thread(target=submit)
    load.start()
    try:
        yield
    finally:
        load.join()


def stops(worker: ServerProcess) -> float:
    """Stop it warmly; return how many seconds that took."""
    began = time.monotonic()
    worker.process.send_signal(signal.SIGTERM)
    worker.process.wait(60)
    return time.monotonic() - began


@pytest.mark.parametrize(
    "restarts, runs", [(3, 300), pytest.param(10, 1000, marks=pytest.mark.long)]
)
def test_a_rolling_restart_loses_and_delays_nothing(
    system: System, restarts: int, runs: int
) -> None:
    system.start_worker()
    took = []
    with a_load(runs):
        for number in range(restarts):
            took.append(stops(system.workers[number]))
            system.start_worker()
    eventually(lambda: not TaskExecution.objects.live().exists(), within=30)

    rows = TaskExecution.objects.filter(
        status="success", attempt=1, failed_tries=0, worker_deaths=0, published_count=1
    )
    assert rows.count() == TaskExecution.objects.count() == runs
    assert max(took) < 10 + BUSY
    late = rows.filter(started_at__gt=F("created_at") + timedelta(seconds=2 + BUSY))
    assert not late.exists()
    assert Worker.objects.filter(stop_reason="warm shutdown").count() == restarts


def test_what_a_stopping_worker_has_not_begun_is_begun_by_another_at_once(system: System) -> None:
    stopping = system.workers[0]
    running = [starts(system.run("until_told", str(system.folder))) for _ in range(2)]
    waiting = [system.run("tell") for _ in range(2)]
    eventually(lambda: set(_held(stopping)) >= {str(run.pk) for run in waiting})
    system.start_worker()

    stopping.process.send_signal(signal.SIGTERM)

    for run in waiting:
        becomes(run, lambda row: row.status == "success", within=2 + BUSY)
        assert (run.worker, run.attempt, run.published_count) == ("w1@test", 1, 1)
    (system.folder / ENOUGH).touch()
    assert {ends(run).status for run in running} == {"success"}


def _held(worker: ServerProcess) -> list[str]:
    return list(Worker.objects.get(pid=worker.process.pid).held)


def test_a_stopping_worker_does_not_wait_for_a_child_that_it_has_forgotten(
    system: System,
) -> None:
    """The child has a message in its pipe and has not said yet that it began."""
    stopping = system.workers[0]
    children = psutil.Process(stopping.process.pid).children()
    for child in children:
        child.suspend()
    run = system.run("tell")
    eventually(lambda: str(run.pk) in _held(stopping))

    stopping.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    for child in children:
        child.resume()

    # Billiard's children would wait 30 s for somebody who takes their last result.
    stopping.process.wait(10 + BUSY)


def test_a_cold_shutdown_says_goodbye(system: System) -> None:
    starts(system.run("deaf", 60))

    system.workers[0].stop(signal.SIGQUIT)

    worker = Worker.objects.get()
    assert (worker.stop_reason, worker.stopped_at is not None) == ("cold shutdown", True)


def test_a_run_that_ends_in_the_soft_window_of_a_shutdown_is_left_alone(system: System) -> None:
    worker = system.start_worker(CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT=str(1 + 2 * BUSY))
    system.workers[0].stop(signal.SIGTERM)
    running = starts(system.run("deaf", 1))

    worker.stop(signal.SIGQUIT)

    assert ends(running).status == "success"
    assert "is not written" not in worker.log.read_text()


def test_a_soft_shutdown_ends_with_the_last_run_and_holds_nothing_meanwhile(
    system: System,
) -> None:
    stopping = system.start_worker(CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT="40")
    system.workers[0].stop(signal.SIGTERM)
    running = [starts(system.run("until_told", str(system.folder))) for _ in range(2)]
    waiting = [system.run("tell") for _ in range(2)]
    eventually(lambda: set(_held(stopping)) >= {str(run.pk) for run in waiting})
    another = system.start_worker()

    stopping.process.send_signal(signal.SIGQUIT)

    for run in waiting:
        becomes(run, lambda row: row.status == "success", within=2 + BUSY)
        assert run.attempt == 1
    (system.folder / ENOUGH).touch()
    stopping.process.wait(10 + BUSY)
    assert {ends(run).status for run in running} == {"success"}
    assert another.process.poll() is None
