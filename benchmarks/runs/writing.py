"""What one run asks of PostgreSQL: statements, and bytes of its write-ahead log."""

import sys
from typing import Any

from django.db import connection

from benchmarks.queues import Queues
from benchmarks.runs.contenders import CONTENDERS
from benchmarks.runs.draining import wait_until
from benchmarks.runs.workers import running_worker

# Connections that are already open do not hear of the setting.
_COUNT = (
    "CREATE EXTENSION pg_stat_statements",
    "ALTER DATABASE {} SET pg_stat_statements.track = 'top'",
)
# Of a run is what is said about once for each: not what a worker says of itself or a connection of
# its start, what waits here for the end, and PostgreSQL's own checks of foreign keys.
_SAID = """
    SELECT query, calls, wal_bytes FROM pg_stat_statements JOIN pg_database ON oid = dbid
    WHERE datname = current_database() AND calls >= %s AND query NOT LIKE 'SELECT COUNT(*)%%'
        AND query NOT LIKE '%%FOR KEY SHARE OF x'
    ORDER BY calls DESC, query
"""


def measure(name: str, count: int) -> dict[str, Any]:
    """Statements and bytes a run: of submitting it, and of what the worker does."""
    contender = CONTENDERS[name]
    Queues().client.flushall()
    submit = getattr(contender.module, contender.submit)
    submit("noop")
    _count_statements()
    submits = _counted(count, lambda: [submit("noop") for _ in range(count)])
    module = contender.module

    def work_off() -> None:
        with running_worker(contender):
            wait_until(lambda: module.succeeded() == count + 1, "all runs to be known as ended")

    runs = _counted(count, work_off)
    return {f"{key}_submit": told for key, told in submits.items()} | {
        f"{key}_run": told for key, told in runs.items()
    }


def _count_statements() -> None:
    with connection.cursor() as cursor:
        for statement in _COUNT:
            cursor.execute(
                statement.format(connection.ops.quote_name(cursor.db.settings_dict["NAME"]))
            )
    connection.close()


def _counted(count: int, act: Any) -> dict[str, float]:
    """Statements and bytes for each of so many; what was said is told on the standard error."""
    _ask("SELECT pg_stat_statements_reset()")
    [[before]] = _ask("SELECT pg_current_wal_insert_lsn()")
    act()
    [[written]] = _ask("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", before)
    said = _ask(_SAID, count / 2)
    for query, calls, size in said:
        words = " ".join(query.split())[:100]
        sys.stderr.write(f"{calls / count:.2f} a run, {size / count:.0f} bytes: {words}\n")
    return {
        "statements": sum(calls for _, calls, _ in said) / count,
        "bytes": float(written) / count,
    }


def _ask(question: str, *parameters: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return cursor.fetchall()
