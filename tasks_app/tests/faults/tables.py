"""The final tables, read past everything that is checked: plain SQL on a session of its own."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from tasks_app.tests.faults.proxy import Link
from tasks_app.tests.servers.postgresql import PostgreSQL

Row = dict[str, Any]
FINAL = ("success", "failure", "revoked", "skipped")
_RUNS = """
    SELECT id, task_id, parent_id, schedule_id, celery_task_name, kwargs, trigger, queue, status,
        reason, attempt, failed_tries, worker_deaths, max_attempts, on_lost, result, error, worker,
        scheduled_for, missed_from, missed_count, published_count, run_at,
        created_at, started_at, finished_at, cancel_requested_at
    FROM task_executions
"""
_TRIES = "SELECT execution_id, number, outcome, error, started_at, ended_at FROM attempts"
_SCHEDULES = """
    SELECT id, key, schedule_id, created_at FROM tasks WHERE schedule_id IS NOT NULL
"""
_JSON = {"kwargs", "result"}


@dataclass
class Tables:
    """Every run with its tries, and which schedule belongs to which key; moments in UTC."""

    runs: list[Row] = field(default_factory=list)
    tries: list[Row] = field(default_factory=list)
    schedules: list[Row] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)


class Database(Protocol):
    """What an installation writes to, and the harness reads from."""

    url: str

    def url_over(self, link: Link | None) -> str:
        """The DATABASE_URL for a process on that link."""

    def rows(self, question: str) -> list[Row]:
        """What a question answers. Raises what the driver raises while the database is away."""


class Postgres:
    """On a server that is hurt too."""

    def __init__(self, server: PostgreSQL) -> None:
        self.server = server
        self.url = server.url

    def url_over(self, link: Link | None) -> str:
        assert link
        plain = "sslmode=disable&gssencmode=disable"
        return f"postgresql://belfry@127.0.0.1:{link.port}/belfry?{plain}"

    def rows(self, question: str) -> list[Row]:
        with self.server.connect() as connection:
            connection.execute("SET statement_timeout = '20s'")
            cursor = connection.execute(question.encode())
            names = [column.name for column in cursor.description or ()]
            return [_plain(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Sqlite:
    """A file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def url_over(self, link: Link | None) -> str:
        return self.url

    def rows(self, question: str) -> list[Row]:
        with closing(sqlite3.connect(self.path, timeout=20)) as connection:
            cursor = connection.execute(question)
            names = [column[0] for column in cursor.description]
            return [_read(_plain(zip(names, row, strict=True))) for row in cursor.fetchall()]


def read_tables(database: Database) -> Tables:
    """All that the checks look at."""
    counters = database.rows("SELECT name, value FROM counters")
    return Tables(
        runs=database.rows(_RUNS),
        tries=database.rows(_TRIES),
        schedules=database.rows(_SCHEDULES),
        counters={row["name"]: row["value"] for row in counters},
    )


def living(database: Database) -> Row:
    """How many workers and beats have told that they began and not that they ended."""
    workers, beats = (
        f"(SELECT count(*) FROM {table} WHERE stopped_at IS NULL)"  # noqa: S608
        for table in ("workers", "beats")
    )
    return database.rows(f"SELECT {workers} AS workers, {beats} AS beats")[0]


def live_runs(database: Database) -> int:
    """How many runs are not final."""
    words = ", ".join(f"'{word}'" for word in FINAL)
    asked = f"SELECT count(*) AS n FROM task_executions WHERE status NOT IN ({words})"  # noqa: S608
    return int(database.rows(asked)[0]["n"])


def due_timers(database: Database) -> int:
    """How many schedules have a tick that came and has no row yet, or an edit nobody looked at."""
    rows = database.rows("SELECT next_fire_at FROM timers WHERE next_fire_at IS NOT NULL")
    return sum(row["next_fire_at"] <= datetime.now(UTC) for row in rows)


def _plain(facts: Iterable[tuple[str, Any]]) -> Row:
    return {name: _value(name, value) for name, value in facts}


def _value(name: str, value: Any) -> Any:
    """Alike from both: ids as text with their hyphens, moments aware."""
    if value is None or isinstance(value, bool | float):
        return value
    if name.endswith(("_at", "_for", "_from")):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if name == "id" or (name.endswith("_id") and not isinstance(value, int)):
        text = str(value).replace("-", "")
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    return value


def _read(row: Row) -> Row:
    """SQLite tells documents as text."""
    for name in row.keys() & _JSON:
        row[name] = row[name] and json.loads(row[name])
    return row
