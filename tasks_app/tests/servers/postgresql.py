"""A private PostgreSQL: made anew for one test run, on a Unix socket only, fast and forgetful.

As a command it says whether the suite can run on PostgreSQL: by its exit code, and in a line.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg

from tasks_app.tests.requirement import is_required
from tasks_app.tests.servers.process import ServerProcess, as_user

NOT_FOUND = (
    "PostgreSQL's programs (initdb, postgres) were not found: the suite ran on SQLite only. "
    "Debian and Ubuntu: apt install postgresql"
)
# Where distributions put the programs that they keep off PATH.
PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
# The data lives for one test run, so nothing waits for the disk.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def find_programs() -> Path | None:
    """The folder with `initdb` and `postgres`: PATH first, then the newest version installed."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    installed = [folder for place in PLACES for folder in Path("/").glob(place)]
    folders += sorted(installed, key=_version, reverse=True)
    return next((folder for folder in folders if _is_complete(folder)), None)


def _is_complete(folder: Path) -> bool:
    return all((folder / program).exists() for program in ("initdb", "postgres"))


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


class PostgreSQL:
    """A server that can be stopped, killed, frozen and started again; its data stays.

    It refuses to be root, so root hands it to an unprivileged user. The socket lies in
    a folder of mode 0700: nobody else can connect, and no port can be taken.
    """

    def __init__(
        self, programs: Path, directory: Path, settings: Sequence[str] = FORGETFUL
    ) -> None:
        self._programs = programs
        self._settings = settings
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        self.directory = directory
        self.url = f"postgresql://belfry@/{directory}/belfry"
        if self._user:
            os.chown(directory, self._user.pw_uid, self._user.pw_gid)
        _make_cluster(programs, directory, self._user)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.directory / ".s.PGSQL.5432"

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it, and return when it takes connections: after a crash it recovers first."""
        command = _server_command(self._programs, self.directory, self._settings)
        self.server = ServerProcess(
            command, directory=self.directory, user=self._user, environment=environment
        )
        self.server.wait_until(lambda: _accepts(self.directory))

    def stop(self, *, immediate: bool = False) -> None:
        """End it in order, or at once and without a word, as a crash would."""
        self.server.stop(signal.SIGQUIT if immediate else signal.SIGINT)

    def freeze(self) -> None:
        """Let it answer nothing, with its connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, how: signal.Signals) -> None:
        """To the server and the process of each session; the server first, for it makes them."""
        server = psutil.Process(self.server.process.pid)
        for process in (server, *server.children()):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(how)

    def terminate_sessions(self, share: float = 1, *, choose: Random | None = None) -> int:
        """End so large a share of the sessions, chosen at random; return how many."""
        with self.connect("postgres") as connection:
            others = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = 'belfry' ORDER BY pid"
            ).fetchall()
            chosen = (choose or Random(0)).sample(others, ceil(len(others) * share))
            for (pid,) in chosen:
                connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        return len(chosen)

    def connect(self, database: str = "belfry") -> psycopg.Connection[Any]:
        """A session beside everybody else's. Raises psycopg.OperationalError."""
        return psycopg.connect(
            host=str(self.directory),
            user="belfry",
            dbname=database,
            connect_timeout=2,
            autocommit=True,
        )


@contextmanager
def private_postgresql(programs: Path, settings: Sequence[str] = FORGETFUL) -> Iterator[str]:
    """Run a server while the block lasts; give its DATABASE_URL."""
    with a_postgresql(programs, settings) as server:
        yield server.url


@contextmanager
def a_postgresql(programs: Path, settings: Sequence[str] = FORGETFUL) -> Iterator[PostgreSQL]:
    """Run a server while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="belfry-postgresql-") as name:
        server = PostgreSQL(programs, Path(name), settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _unprivileged_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _make_cluster(programs: Path, directory: Path, user: pwd.struct_passwd | None) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    place = ("--pgdata", directory / "data", "--no-sync")
    access = ("--username", "belfry", "--auth", "trust")
    subprocess.run(
        [programs / "initdb", *place, *access, "--encoding", "UTF8", "--locale", locale],
        cwd=directory,
        **as_user(user),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _server_command(programs: Path, directory: Path, settings: Sequence[str]) -> list[str | Path]:
    own = ("listen_addresses=", f"unix_socket_directories={directory}")
    options = [word for setting in (*settings, *own) for word in ("-c", setting)]
    return [programs / "postgres", "-D", directory / "data", *options]


def _accepts(directory: Path) -> bool:
    try:
        psycopg.connect(host=str(directory), user="belfry", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    if not find_programs() and not is_required("postgresql"):
        sys.exit(NOT_FOUND)
