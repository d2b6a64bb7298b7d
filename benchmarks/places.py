"""Where the cells run: a private database server, a private broker, and databases made from one."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import psycopg
from psycopg import sql

from benchmarks.cell import run_cell
from tasks_app.tests.servers.broker import private_broker
from tasks_app.tests.servers.postgresql import (
    FORGETFUL,
    NOT_FOUND,
    find_programs,
    private_postgresql,
)

TEMPLATE = "template_belfry"
# PostgreSQL's own defaults, and the extension that counts statements where a cell asks it to.
AS_IN_PRODUCTION = (
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track=none",
)


class Databases(Protocol):
    """Makes and drops databases; a new one is a copy of the template, once there is one."""

    def make(self, name: str) -> str: ...

    def drop(self, name: str) -> None: ...


class PostgreSQL:
    """Databases of one server."""

    def __init__(self, url: str) -> None:
        self._base = url.rpartition("/")[0]
        self._socket = self._base.partition("@/")[2]

    def make(self, name: str) -> str:
        """Copy the template; return the DATABASE_URL."""
        template = "template1" if name == TEMPLATE else TEMPLATE
        self._do("CREATE DATABASE {} TEMPLATE {}", name, template)
        return f"{self._base}/{name}"

    def drop(self, name: str) -> None:
        """Give its place on the disk back."""
        self._do("DROP DATABASE {} WITH (FORCE)", name)

    def _do(self, statement: str, *names: str) -> None:
        command = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(
            host=self._socket, user="belfry", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(command)


class SQLite:
    """Files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, name: str) -> str:
        """Copy the template; return the DATABASE_URL."""
        path = self._folder / f"{name}.sqlite3"
        if name != TEMPLATE:
            shutil.copyfile(self._folder / f"{TEMPLATE}.sqlite3", path)
        return f"sqlite:///{path}"

    def drop(self, name: str) -> None:
        """Give its place on the disk back."""
        for path in self._folder.glob(f"{name}.sqlite3*"):
            path.unlink()


class Place:
    """One database system with its broker."""

    def __init__(self, databases: Databases, environment: dict[str, str]) -> None:
        self._databases, self._environment = databases, environment
        with self.database(TEMPLATE, keep=True) as template:
            run_cell("cell:migrate", template)

    @contextmanager
    def database(self, name: str, *, keep: bool = False) -> Iterator[dict[str, str]]:
        """The environment of cells that share one new database."""
        url = self._databases.make(name)
        try:
            yield {**self._environment, "DATABASE_URL": url}
        finally:
            if not keep:
                self._databases.drop(name)


@contextmanager
def place_of(vendor: str, *, as_in_production: bool = False) -> Iterator[Place]:
    """Servers that run while the block lasts. Raises SystemExit where PostgreSQL is missing.

    Else they are those of the tests: PostgreSQL without fsync, the broker with one for each
    command. As in production, each commit waits for the disk, and the broker keeps nothing
    on it, as Redis' own defaults leave it between snapshots.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="belfry-bench-")))
        broker = stack.enter_context(private_broker())
        if as_in_production:
            broker.client.config_set("appendonly", "no")
        environment = {
            "BELFRY_IGNORE_DOTENV": "true",
            "VAR_DIR": str(folder),
            "CELERY_BROKER_URL": broker.url,
            "LOG_LEVEL": "ERROR",
        }
        if vendor == "sqlite":
            yield Place(SQLite(folder), environment)
            return
        programs = find_programs()
        if programs is None:
            raise SystemExit(NOT_FOUND)
        settings = AS_IN_PRODUCTION if as_in_production else FORGETFUL
        url = stack.enter_context(private_postgresql(programs, settings))
        yield Place(PostgreSQL(url), environment)
