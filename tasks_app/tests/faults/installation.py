"""A private installation: servers, web, beats and workers as real processes on their own links."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tasks_app.tests.faults.histories import Histories
from tasks_app.tests.faults.jobs import EFFECTS
from tasks_app.tests.faults.members import Member
from tasks_app.tests.faults.proxy import Link, Proxy
from tasks_app.tests.faults.tables import Database, Postgres, Sqlite, living
from tasks_app.tests.servers.broker import Broker, free_port
from tasks_app.tests.servers.postgresql import NOT_FOUND, PostgreSQL, find_programs

REPOSITORY = Path(__file__).resolve().parents[3]
# Committed is committed: the server dies, but the machine does not.
DURABLE = ("fsync=off", "synchronous_commit=on", "full_page_writes=off", "max_connections=200")
# A busy machine needs half a minute. Seconds.
LONGEST_START = 120
QUEUES = ("high_priority", "default", "low_priority")
_NEW_CLIENT = """
from datetime import timedelta
from django.contrib.auth.models import User
from tasks_app import services
user = User.objects.create_user("client")
print(services.create_token(services.Actor(user), name="proof", lifetime=timedelta(days=1))[1])
"""


@dataclass(frozen=True)
class Size:
    """What is installed; `lease` and `heartbeat` in seconds, by default short enough for tests."""

    database: str = "postgresql"
    workers: int = 3
    beats: int = 2
    concurrency: int = 2
    lease: int = 6
    heartbeat: int = 1


class Installation:
    """Everything that runs. Processes that it starts live as long as the thread that does so."""

    settings = "config.settings"
    app = "tasks_app.tests.faults.celery_app"
    wsgi = "tasks_app.tests.faults.wsgi"

    def __init__(
        self, folder: Path, size: Size, database: Database, broker: Broker, proxy: Proxy
    ) -> None:
        self.folder, self.size = folder, size
        self.database, self.broker = database, broker
        self._proxy = proxy
        self.histories = Histories(folder)
        self.members: list[Member] = []
        self.port = free_port()
        self._told = {
            "PYTHONPATH": str(REPOSITORY),
            "BELFRY_IGNORE_DOTENV": "true",
            "DJANGO_SETTINGS_MODULE": self.settings,
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": "a-key-that-guards-nothing-but-is-long-enough-for-the-checks",
            "LEASE_SECONDS": str(size.lease),
            "HEARTBEAT_SECONDS": str(size.heartbeat),
            "CANCEL_GRACE_SECONDS": "2",
            EFFECTS: str(self.histories.path("effects")),
        }
        (folder / "var").mkdir()

    @property
    def server(self) -> PostgreSQL | None:
        """The database's server, if it has one."""
        return self.database.server if isinstance(self.database, Postgres) else None

    @property
    def workers(self) -> list[Member]:
        return self.of_kind("worker")

    @property
    def beats(self) -> list[Member]:
        return self.of_kind("beat")

    @property
    def web(self) -> Member:
        return self.of_kind("web")[0]

    def of_kind(self, kind: str) -> list[Member]:
        return [member for member in self.members if member.kind == kind]

    def prepare(self) -> str:
        """Migrate, and return the token of the one client."""
        self.manage("migrate", "--verbosity", "0")
        return self.manage("shell", "--verbosity", "0", "--command", _NEW_CLIENT).strip()

    def manage(self, *words: str) -> str:
        """What a command of Django prints. Raises CalledProcessError."""
        told = {"DATABASE_URL": self.database.url, "CELERY_BROKER_URL": self.broker.url}
        done = subprocess.run(
            [sys.executable, "-m", "django", *words],
            env={**os.environ, **self._told, **told},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
        )
        return done.stdout

    def start(self) -> None:
        """Start every process of this size, and return when each has told that it lives."""
        self.add("web", [*_WEB, "--bind", f"127.0.0.1:{self.port}", self.wsgi])
        for _ in range(self.size.beats):
            self.add("beat", [*_CELERY, self.app, "beat", "--loglevel", "info"])
        for number in range(self.size.workers):
            self.add_worker(f"w{number}@faults")
        wait_until(self.is_complete, seconds=LONGEST_START)

    def add_worker(self, hostname: str, *flags: str) -> Member:
        """Start one more worker."""
        words = ["worker", "--hostname", hostname, "-c", str(self.size.concurrency)]
        return self.add(
            "worker", [*_CELERY, self.app, *words, "--without-mingle", "--loglevel", "info", *flags]
        )

    def add(self, kind: str, command: list[str]) -> Member:
        """Start one more process, on links of its own."""
        name = f"{kind}-{len(self.of_kind(kind))}"
        database, broker = self._link_to_database(), self._proxy.link(self._broker_address())
        told = {
            **self._told,
            "DATABASE_URL": self.database.url_over(database),
            "CELERY_BROKER_URL": self.broker.url_at(broker.port),
        }
        member = Member(
            kind, name, command, self.folder / name, told, database=database, broker=broker
        )
        member.start()
        self.members.append(member)
        return member

    def _link_to_database(self) -> Link | None:
        return self._proxy.link(self.server.socket) if self.server else None

    def _broker_address(self) -> tuple[str, int]:
        return "127.0.0.1", self.broker.port

    def links(self, kind: str) -> list[Link]:
        """To the database, of all processes of a kind."""
        return [member.database for member in self.of_kind(kind) if member.database]

    def is_complete(self) -> bool:
        """Whether each process has told that it lives."""
        told = living(self.database)
        missing = len(self.workers) > told["workers"] or len(self.beats) > told["beats"]
        return not missing

    def heal(self) -> None:
        """Undo whatever may be left of any fault: everything runs and every link passes."""
        self.broker.thaw()
        if self.server:
            self.server.thaw()
        for member in self.members:
            for link in (member.database, member.broker):
                if link:
                    link.heal()
            member.thaw()
            if not member.lives:
                member.start()

    def stop(self) -> None:
        for member in self.members:
            member.stop()
        self.histories.close()


_CELERY = [sys.executable, "-m", "celery", "--quiet", "-A"]
_WEB = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
_WEB += ["--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"]


Kind = TypeVar("Kind", bound=Installation)


@contextmanager
def an_installation(folder: Path, size: Size) -> Iterator[Installation]:
    """Belfry on an empty database; nothing runs yet, and everything ends with the block."""
    with an_installation_of(Installation, folder, size) as installation:
        yield installation


@contextmanager
def an_installation_of(
    kind: type[Kind], folder: Path, size: Size, *, forgetful: bool = True
) -> Iterator[Kind]:
    """The same of another kind. A broker that is not `forgetful` keeps its messages if killed."""
    with ExitStack() as stack:
        database = stack.enter_context(_a_database(folder, size.database))
        broker = stack.enter_context(_a_broker(forgetful))
        proxy = stack.enter_context(Proxy())
        installation = kind(folder, size, database, broker, proxy)
        stack.callback(installation.stop)
        yield installation


@contextmanager
def _a_database(folder: Path, kind: str) -> Iterator[Database]:
    if kind == "sqlite":
        yield Sqlite(folder / "belfry.sqlite3")
        return
    programs = find_programs()
    if not programs:
        raise RuntimeError(NOT_FOUND)
    with tempfile.TemporaryDirectory(prefix="belfry-postgresql-") as name:
        server = PostgreSQL(programs, Path(name), DURABLE)
        server.start()
        try:
            with server.connect("postgres") as connection:
                connection.execute("CREATE DATABASE belfry")
            yield Postgres(server)
        finally:
            server.thaw()
            server.stop(immediate=True)


@contextmanager
def _a_broker(forgetful: bool) -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="belfry-broker-") as name:
        broker = Broker(Path(name), forgetful=forgetful)
        broker.start()
        try:
            yield broker
        finally:
            broker.thaw()
            broker.stop()


def wait_until(is_so: Callable[[], object], *, seconds: float, pause: float = 0.1) -> float:
    """Return after how many seconds it was so. Raises TimeoutError."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not so after {seconds:g} s")
        time.sleep(pause)
    return time.monotonic() - began
