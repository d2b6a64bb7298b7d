"""Workers with another pool than prefork: they run jobs, or say why they do not start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.models import Worker
from tasks_app.tests.jobs import ENOUGH
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.servers.process import ServerDidNotStart
from tasks_app.tests.system import System, a_system, ends, starts


@pytest.fixture
def system(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Iterator[System]:
    """No process yet: each test starts a worker with its pool."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada) as system:
        yield system


def test_a_threads_worker_runs_jobs_and_says_what_it_cannot(system: System) -> None:
    worker = system.start_worker("--pool", "threads")

    execution = ends(system.run("tell"))

    assert (execution.status, execution.progress) == ("success", 40)
    assert Worker.objects.get().pool == "thread"
    assert "knows no soft time limits" in worker.log.read_text()


def test_in_a_threads_worker_a_job_that_does_not_look_runs_on_to_its_end(system: System) -> None:
    worker = system.start_worker("--pool", "threads")
    # Longer than the main process waits before it stops such a job of a child.
    execution = starts(system.run("deaf", 7))

    services.cancel_execution(system.actor, execution)

    assert ends(execution).status == "success"
    assert "NotImplementedError" not in worker.log.read_text()


@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_at_its_hard_limit_a_run_is_over_although_its_job_goes_on(
    system: System, pool: str
) -> None:
    system.start_worker("--pool", pool)

    execution = ends(system.run("until_told", str(system.folder), time_limit=1))

    assert (execution.status, execution.reason) == ("failure", "timeout")
    (system.folder / ENOUGH).touch()
    assert ends(system.run("tell")).status == "success"


def test_a_solo_worker_runs_jobs_with_their_soft_limits(system: System) -> None:
    worker = system.start_worker("--pool", "solo")

    assert ends(system.run("tell")).status == "success"
    assert "asked to stop and never killed" in worker.log.read_text()

    execution = ends(system.run("deaf", 30, soft_time_limit=1))
    assert (execution.status, execution.reason) == ("failure", "timeout")
    assert ends(system.run("tell")).status == "success"


def test_a_solo_worker_stops_a_job_that_looks_when_it_is_cancelled(system: System) -> None:
    system.start_worker("--pool", "solo")
    execution = starts(system.run("repeatable", str(system.folder), 30))

    services.cancel_execution(system.actor, execution)

    assert ends(execution).reason == "cancelled"


def test_a_worker_with_an_unknown_pool_does_not_start(system: System) -> None:
    with pytest.raises(ServerDidNotStart, match="Use --pool prefork"):
        system.start_worker(
            "--pool", "custom", CELERY_CUSTOM_WORKER_POOL="celery.concurrency.base:BasePool"
        )
