"""PostgreSQL stops in mid-run for longer than a lease: what ended meanwhile counts all the same."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from config import celery_app
from tasks_app.models import Counter, TaskExecution, Worker
from tasks_app.tests.schedules import now
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.servers.postgresql import PostgreSQL, a_postgresql, find_programs
from tasks_app.tests.system import (
    System,
    a_system,
    becomes,
    ends,
    eventually,
    frozen,
    kill_family,
    starts,
)

pytestmark = pytest.mark.postgresql
# Longer than the jobs below run, so that none stops itself for want of a proof.
LEASE = 9


@pytest.fixture
def server(transactional_db: None) -> Iterator[PostgreSQL]:
    """A server of this test's own, that keeps what was committed, with the tables in it."""
    with a_postgresql(find_programs(), ["fsync=off"]) as server:
        with server.connect("postgres") as session:
            session.execute("CREATE DATABASE belfry")
        with _asking(server):
            call_command("migrate", verbosity=0)
            yield server


@contextmanager
def _asking(server: PostgreSQL) -> Iterator[None]:
    """Let this process ask that server while the block runs."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(HOST=str(server.directory), NAME="belfry", USER="belfry")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture
def system(tmp_path: Path, server: PostgreSQL, broker: Broker) -> Iterator[System]:
    broker.wipe()
    user = User.objects.create_user("ada")
    here = {"VAR_DIR": str(tmp_path / "var"), "LEASE_SECONDS": str(LEASE)}
    with a_system(tmp_path, broker.url, user, **here) as system:
        system.start("-c", "3")
        yield system


def test_outcomes_are_delivered_after_an_outage_and_by_another_worker(
    system: System, server: PostgreSQL
) -> None:
    place = str(system.folder)
    once, again = system.run("once_only", place, 4), system.run("repeatable", place, 4)
    followed = _called_with_a_link(place, 4)
    for run in (once, again, followed):
        starts(run)

    stopped_at = time.monotonic()
    server.stop(immediate=True)
    connection.close()
    eventually(lambda: len(list((system.folder / "var/spool").glob("*.json"))) == 3)
    kill_family(system.workers[0])
    system.start_program("worker", "-n", "w1@test", "-c", "2")
    time.sleep(max(0.0, stopped_at + LEASE + 2 - time.monotonic()))
    server.start()

    for run in (once, again, followed):
        becomes(run, lambda row: row.status == "success", within=LEASE)
        assert (run.attempt, run.result) == (1, 1)
    follower = TaskExecution.objects.get(parent=followed)
    assert (ends(follower).status, follower.result) == ("success", [1, 2, 3])
    assert len(system.effects()) == 3
    eventually(lambda: _counted() == {"spooled": 3, "delivered_later": 3})
    assert not list((system.folder / "var/spool").iterdir())


def _called_with_a_link(*args: Any) -> TaskExecution:
    jobs: Any = celery_app.tasks
    follower = jobs["tasks_app.tests.jobs.count_to"].si(3)
    called = jobs["tasks_app.tests.jobs.once_only"].apply_async(args, link=follower)
    return TaskExecution.objects.get(pk=called.id)


def _counted() -> dict[str, int]:
    counters = Counter.objects.filter(name__in=("spooled", "delivered_later"))
    return dict(counters.values_list("name", "value"))


def test_a_job_that_nobody_may_repeat_works_on_through_an_outage(
    system: System, server: PostgreSQL
) -> None:
    """It looks for a cancel all the time, which nobody can answer; its lease ends meanwhile."""
    run = system.begins("once_only", LEASE + 2)

    server.stop(immediate=True)
    connection.close()
    time.sleep(LEASE + 1)
    server.start()

    assert (ends(run).status, run.attempt) == ("success", 1)
    assert len(system.effects()) == 1


def test_a_repeatable_job_stops_before_somebody_else_may_begin(
    system: System, server: PostgreSQL
) -> None:
    run = system.begins("repeatable", 60)

    server.stop(immediate=True)
    connection.close()
    eventually(lambda: not _lives(run.pid), within=LEASE)
    ended_at = now()
    server.start()
    run.refresh_from_db()
    assert run.attempt == 1
    assert ended_at < run.lease_until

    becomes(run, lambda row: row.status == "started" and row.attempt == 2, within=2 * LEASE + 10)
    assert Worker.objects.alive().exists()


def _lives(pid: int) -> bool:
    """One that only waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_limit_holds_although_the_main_process_hangs(system: System) -> None:
    run = starts(system.run("deaf", 60, time_limit=2))
    with frozen(system.workers[0], alone=True):
        becomes(run, lambda row: row.status == "failure", within=LEASE)
    assert (run.reason, run.attempt) == ("timeout", 1)
    assert ends(system.run("tell"), within=20).status == "success"
