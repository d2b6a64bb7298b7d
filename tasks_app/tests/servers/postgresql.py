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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def private_postgresql(programs: Path, settings: Sequence[str] = FORGETFUL) -> Iterator[str]:
    """Run a server while the block lasts; give its DATABASE_URL.

    The server refuses to be root, so root hands it to an unprivileged user. The socket lies in
    a folder of mode 0700: nobody else can connect, and no port can be taken.
    """
    user = _unprivileged_user() if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="belfry-postgresql-") as name:
        directory = Path(name)
        if user:
            os.chown(directory, user.pw_uid, user.pw_gid)
        _make_cluster(programs, directory, user)
        command = _server_command(programs, directory, settings)
        server = ServerProcess(command, directory=directory, user=user)
        try:
            server.wait_until(lambda: _accepts(directory))
            yield f"postgresql://belfry@/{directory}/belfry"
        finally:
            server.stop(signal.SIGINT)


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
