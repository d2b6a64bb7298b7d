"""A worker and a beat as real processes on the test's own database and broker."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.contrib.auth.models import User
from django.db import connection, transaction

from config import celery_app
from tasks_app import services
from tasks_app.models import Beat, TaskExecution, Worker
from tasks_app.services import Actor
from tasks_app.states import FINAL
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.servers.process import ServerProcess

REPOSITORY = Path(__file__).resolve().parents[2]
# Short enough for a test: what is promised in 18 s at the usual 15 is then due in 9.
LEASE, HEARTBEAT = 6, 1


class System:
    """The processes of one test, and what a person does with them."""

    def __init__(
        self,
        folder: Path,
        broker_url: str,
        user: User,
        *,
        app: str = "tasks_app.tests.celery_app",
        **environment: str,
    ) -> None:
        self.folder = folder
        self.actor = Actor(user)
        self._app = app
        self._environment = {
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": broker_url,
            "LEASE_SECONDS": str(LEASE),
            "HEARTBEAT_SECONDS": str(HEARTBEAT),
            "CANCEL_GRACE_SECONDS": "2",
            "CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": "0",
            # No pruning at night: a test does not depend on its hour.
            "RETENTION_DAYS": "{}",
            **environment,
        }
        self.workers: list[ServerProcess] = []
        self.beats: list[ServerProcess] = []
        self._processes: list[ServerProcess] = []
        know_the_tests_jobs()

    def environment(self) -> dict[str, str]:
        """For a shell beside the processes."""
        return {**os.environ, **self._environment}

    def start(self, *flags: str) -> None:
        """Start one beat, and one worker with these flags."""
        self.beats.append(self.start_program("beat"))
        self.start_worker(*flags)
        self._wait_for_beat(self.beats[0])

    def start_beat(self) -> ServerProcess:
        """Start one more beat and return when its row says that it lives."""
        self.beats.append(self.start_program("beat"))
        self._wait_for_beat(self.beats[-1])
        return self.beats[-1]

    def kill_beat(self, beat: ServerProcess) -> None:
        """End it as a power cut would."""
        beat.stop(signal.SIGKILL)
        self.beats.remove(beat)

    def start_worker(self, *flags: str, **environment: str) -> ServerProcess:
        """Start a worker and return when its row says that it lives."""
        name = f"w{len(self.workers)}"
        process = self.start_program(
            "worker", "-n", f"{name}@test", "-c", "2", *flags, **environment
        )
        process.wait_until(Worker.objects.alive().filter(hostname=f"{name}@test").exists)
        self.workers.append(process)
        return process

    def _wait_for_beat(self, beat: ServerProcess) -> None:
        beat.wait_until(Beat.objects.alive().filter(pid=beat.process.pid).exists)

    def start_program(self, *command: str, **environment: str) -> ServerProcess:
        """Start one of Celery's programs on the app, with these words and this environment."""
        folder = self.folder / f"process-{len(self._processes)}"
        folder.mkdir()
        process = ServerProcess(
            [sys.executable, "-m", "celery", "-A", self._app, *command],
            directory=folder,
            environment={**self._environment, **environment, "PYTHONPATH": str(REPOSITORY)},
        )
        self._processes.append(process)
        return process

    def run(self, job: str, *args: object, **fields: Any) -> TaskExecution:
        """Create and execute a task of one of the tests' jobs."""
        name = f"tasks_app.tests.jobs.{job}" if "." not in job else job
        _, execution = services.create_task(
            self.actor, name=job, celery_task_name=name, args=list(args), **fields
        )
        assert execution is not None
        return execution

    def actor_above_all(self) -> Actor:
        """A superuser, who sees what belongs to nobody."""
        return Actor(User.objects.create_superuser("overseer"))

    def begins(self, job: str, seconds: float) -> TaskExecution:
        """Its row once the body of a job that tells so began: a claimed run may die before."""
        execution = starts(self.run(job, str(self.folder), seconds))
        eventually(lambda: f"{execution.pk} {execution.attempt}" in self.effects())
        return execution

    def effects(self) -> list[str]:
        """Execution and attempt of every body that began, told outside the database."""
        path = self.folder / "effects"
        return path.read_text().splitlines() if path.exists() else []

    def stop(self) -> None:
        """End everything that still runs."""
        for process in reversed(self._processes):
            process.stop(signal.SIGKILL)


def database_url() -> str:
    """The DATABASE_URL of this test's database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgresql://{database['USER']}@/{database['HOST']}/{database['NAME']}"


@contextmanager
def a_system(folder: Path, broker_url: str, user: User, **environment: str) -> Iterator[System]:
    """A system whose processes end with the block; `app` is what they are started with."""
    system = System(folder, broker_url, user, **environment)
    try:
        yield system
    finally:
        system.stop()


def ends(execution: TaskExecution, *, within: float = 15) -> TaskExecution:
    """The row once it is final; fails when that takes longer than so many seconds."""
    return becomes(execution, lambda row: row.status in FINAL, within=within)


def starts(execution: TaskExecution, *, attempt: int = 1) -> TaskExecution:
    """The row once that attempt of it runs."""
    return becomes(execution, lambda row: row.status == "started" and row.attempt == attempt)


def heard_of(execution: TaskExecution) -> TaskExecution:
    """Its row once its worker's main process knows that a child runs it.

    A child tells that before it claims, and is heard later if the main process is slow. A cold
    shutdown gives back what the main process knows of.
    """
    worker = execution.worker
    # Not one of the pool, which another test's broker may have hung up.
    with celery_app.connection_for_write() as connection:
        active = celery_app.control.inspect([worker], timeout=5, connection=connection).active
        eventually(
            lambda: str(execution.pk) in [told["id"] for told in (active() or {}).get(worker, [])]
        )
    return execution


def becomes(
    execution: TaskExecution, is_so: Callable[[TaskExecution], bool], *, within: float = 15
) -> TaskExecution:
    """The row once `is_so` says so; fails with what the row is when time is up."""
    deadline = time.monotonic() + within
    while True:
        execution.refresh_from_db()
        if is_so(execution):
            return execution
        facts = (execution.status, execution.reason, execution.attempt, execution.error)
        assert time.monotonic() < deadline, f"after {within} s it is {facts}"
        time.sleep(0.03)


def eventually(is_so: Callable[[], object], *, within: float = 15) -> None:
    """Return once `is_so` says so; fails when that takes longer than so many seconds."""
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {within} s"
        time.sleep(0.03)


@contextmanager
def frozen(process: ServerProcess, *, alone: bool = False) -> Iterator[None]:
    """It stands still within the block, with its children unless `alone`.

    Not with the one lock of SQLite's writers, which would stop everybody else too.
    """
    pid = process.process.pid
    send = os.kill if alone else os.killpg
    with transaction.atomic():
        send(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
    try:
        yield
    finally:
        send(pid, signal.SIGCONT)


def kill_family(process: ServerProcess) -> None:
    """SIGKILL a worker's main process; its children follow it."""
    children = psutil.Process(process.process.pid).children(recursive=True)
    os.kill(process.process.pid, signal.SIGKILL)
    psutil.wait_procs(children, timeout=5)
