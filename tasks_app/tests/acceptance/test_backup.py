"""A backup is taken while everything runs, and restored beside a broker that knows nothing."""

import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tasks_app.models import TaskExecution
from tasks_app.states import FINAL, Reason, Status
from tasks_app.tests.schedules import a_schedule, now
from tasks_app.tests.servers.broker import Broker, private_broker
from tasks_app.tests.servers.postgresql import find_programs
from tasks_app.tests.system import System, a_system, eventually, starts

# A tick is on time for 10 s: of these seconds some are missed.
AFTER_THE_BACKUP = 10
# More than four children do, so that some runs always wait. Seconds.
PAUSE, SHORT, LONG = 0.05, 0.3, 6
SECOND = timedelta(seconds=1)
ONCE_AND_AGAIN = ("once_only", "repeatable")
Rows = dict[UUID, dict[str, Any]]
# Puts the backup in the place of the database while its block lasts.
Restore = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def system(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Iterator[System]:
    """Four children, two of which are held for long."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada) as system:
        system.start("-c", "4")
        yield system


@pytest.mark.long
def test_every_run_of_a_backup_ends_explained(system: System, tmp_path: Path) -> None:
    job = "tasks_app.tests.jobs.once_only"
    schedule = a_schedule(every=1, task=job, args=f'["{system.folder}", 0]')
    with load_on(system) as accepted:
        ended_well = TaskExecution.objects.filter(status=Status.SUCCESS)
        eventually(lambda: ended_well.count() >= 20, within=30)
        never, again = (run_of(system, job, LONG, priority="critical") for job in ONCE_AND_AGAIN)
        starts(never), starts(again)
        restore, backed_up_in = timed(lambda: BACKUP[connection.vendor](tmp_path))
        time.sleep(AFTER_THE_BACKUP)
    system.stop()

    with restore(), private_broker() as empty:
        stored = rows()
        live = {pk for pk, row in stored.items() if row["status"] not in FINAL}
        assert {stored[pk]["status"] for pk in live} >= {Status.PENDING, Status.STARTED}
        _, ended_in = timed(lambda: end_all(live, system, empty))
        ended = rows()

        assert all(ended[pk] == row for pk, row in stored.items() if pk not in live)
        assert how_ended(ended[again.pk]) == (Status.SUCCESS, "", 2)
        assert how_ended(ended[never.pk]) == (Status.FAILURE, Reason.LOST, 1)
        lost = {pk for pk in live if ended[pk]["reason"] == Reason.LOST}
        assert {pk for pk in live if ended[pk]["status"] == Status.SUCCESS} == live - lost
        assert {stored[pk]["status"] for pk in lost} == {Status.STARTED}
        assert_every_second_has_its_row(ended, schedule.pk)
        twice = {pk for pk, times in Counter(runs_begun(system)).items() if times > 1}
        assert again.pk in twice <= live
    print(
        f"stored={len(stored)} live={len(live)} lost={len(lost)} twice={len(twice)} "
        f"forgotten={len(set(accepted) - set(stored))} backup={backed_up_in:.1f} s "
        f"decided={ended_in:.1f} s missed={count_missed(ended, schedule.pk)}"
    )


@contextmanager
def load_on(system: System) -> Iterator[list[UUID]]:
    """Submit runs while the block lasts; the ids of those that were accepted."""
    accepted: list[UUID] = []
    over = threading.Event()

    def submit() -> None:
        for job in cycle((*ONCE_AND_AGAIN, "once_only", "third_time_lucky")):
            if over.wait(PAUSE):
                break
            accepted.append(run_of(system, job, SHORT).pk)
        connection.close()

    thread = threading.Thread(target=submit)
    thread.start()
    try:
        yield accepted
    finally:
        over.set()
        thread.join()


def run_of(system: System, job: str, seconds: float, **fields: Any) -> TaskExecution:
    """Some jobs take neither folder nor time."""
    args = (str(system.folder), seconds) if job in ONCE_AND_AGAIN else ()
    return system.run(job, *args, **fields)


def end_all(live: set[UUID], system: System, broker: Broker) -> None:
    """Start a worker and a beat on the restored database, and let them end what was live."""
    folder = system.folder / "restored"
    folder.mkdir()
    with a_system(folder, broker.url, system.actor.user) as after:
        after.start("-c", "4")
        waiting = TaskExecution.objects.filter(pk__in=live).live()
        eventually(lambda: not waiting.exists(), within=60)


def rows() -> Rows:
    """Every execution as it is stored now."""
    stored: Any = TaskExecution.objects.values()
    return {row["id"]: row for row in stored}


def how_ended(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["status"], row["reason"], row["attempt"]


def runs_begun(system: System) -> list[UUID]:
    """The execution of each body that began, told outside the database."""
    return [UUID(line.split()[0]) for line in system.effects()]


def assert_every_second_has_its_row(ended: Rows, schedule_id: int) -> None:
    moments = sorted(row["scheduled_for"] for row in ticks_of(ended, schedule_id))
    assert {later - earlier for earlier, later in pairwise(moments)} == {SECOND}
    assert now() - moments[-1] < 20 * SECOND


def count_missed(ended: Rows, schedule_id: int) -> int:
    return sum(row["reason"] == Reason.MISSED for row in ticks_of(ended, schedule_id))


def ticks_of(ended: Rows, schedule_id: int) -> list[dict[str, Any]]:
    return [row for row in ended.values() if row["schedule_id"] == schedule_id]


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return act(), time.monotonic() - began


def dump(folder: Path) -> Restore:
    """PostgreSQL's own way."""
    programs, file = find_programs(), folder / "belfry.dump"
    database = connection.settings_dict
    place = ["--host", database["HOST"], "--username", database["USER"]]
    pg_dump = [programs / "pg_dump", *place, "--format=custom", "--file", file, database["NAME"]]
    subprocess.run(pg_dump, check=True)

    @contextmanager
    def restore() -> Iterator[None]:
        name = f"{database['NAME']}_restored"
        subprocess.run([programs / "createdb", *place, name], check=True)
        pg_restore = [programs / "pg_restore", *place, "--exit-on-error", "--dbname", name, file]
        try:
            subprocess.run(pg_restore, check=True)
            with in_its_place(name):
                yield
        finally:
            subprocess.run([programs / "dropdb", *place, "--force", name], check=True)

    return restore


def copy(folder: Path) -> Restore:
    """SQLite's backup API, as `sqlite3 FILE .backup` uses it: a plain copy would lack the WAL."""
    file = folder / "backup.sqlite3"
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(file)) as target,
    ):
        source.backup(target)
    return lambda: in_its_place(str(file))


BACKUP: dict[str, Callable[[Path], Restore]] = {"postgresql": dump, "sqlite": copy}


@contextmanager
def in_its_place(name: str) -> Iterator[None]:
    """This test's connection, and so its processes, use another database while the block lasts."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
