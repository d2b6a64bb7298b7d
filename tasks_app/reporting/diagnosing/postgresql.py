"""PostgreSQL: whether it keeps what it was told, and who is in whose way."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from tasks_app.models import Beat, Worker
from tasks_app.reporting.diagnosing.finding import Finding, error, note, warning

# Of the connections, how many may be in use before it is told; counted by docs/production.md.
NEARLY_ALL = 0.8
OF_A_BEAT, OF_A_WORKER = 5, 2
# Seconds.
LONG_TRANSACTION, LONG_IDLE = 300, 60
# Dead rows beside living ones, and how many before anybody cares.
BLOAT, SOME_ROWS = 1.0, 100_000


def look() -> Iterator[Finding]:
    """Nothing on SQLite."""
    if connection.vendor != "postgresql":
        return
    if _value("SELECT pg_is_in_recovery()"):
        yield error(
            "The database is a standby in recovery, which can only be read.",
            "Set DATABASE_URL to the primary, or promote this one.",
        )
        return
    yield from _durability()
    yield from _connections()
    yield from _transactions()
    yield from _bloat()


def _durability() -> Iterator[Finding]:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if _value(f"SHOW {name}") == "off":
            yield error(
                f"{name} is off: the last moments before a crash of the database are forgotten, "
                "accepted requests among them.",
                f"Set it: ALTER SYSTEM SET {name} = on; then SELECT pg_reload_conf().",
            )


def _connections() -> Iterator[Finding]:
    most = int(_value("SHOW max_connections"))
    used = _value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
    children = sum(Worker.objects.alive().values_list("concurrency", flat=True))
    workers = OF_A_WORKER * (children + Worker.objects.alive().count())
    needed = workers + OF_A_BEAT * Beat.objects.alive().count()
    sentence = f"{used} of {most} connections are in use; workers and beats need up to {needed}."
    if max(used, needed) > NEARLY_ALL * most:
        yield warning(sentence, "Raise max_connections, or put pgbouncer in front.")
    else:
        yield note(sentence)


def _transactions() -> Iterator[Finding]:
    rows = _rows(
        """
        SELECT pid, state, extract(epoch FROM now() - xact_start)::int,
            extract(epoch FROM now() - state_change)::int
        FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
        AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 100
        """
    )
    for pid, state, open_for, idle_for in rows:
        if state.startswith("idle in transaction") and idle_for > LONG_IDLE:
            yield warning(
                f"Session {pid} is idle in a transaction for {idle_for} s: it holds its locks.",
                f"End it: SELECT pg_terminate_backend({pid}). Set "
                "idle_in_transaction_session_timeout for the role.",
            )
        elif open_for > LONG_TRANSACTION:
            yield warning(
                f"A transaction of session {pid} is open for {open_for} s: tables cannot be "
                "cleared up meanwhile, and claims grow slower.",
                "See what it does in pg_stat_activity; a job that holds one should commit earlier.",
            )


def _bloat() -> Iterator[Finding]:
    rows = _rows(
        """
        SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables
        WHERE n_dead_tup > %s AND n_dead_tup > %s * n_live_tup ORDER BY n_dead_tup DESC LIMIT 5
        """,
        [SOME_ROWS, BLOAT],
    )
    for table, live, dead in rows:
        yield warning(
            f"Table {table} has {dead:,} dead rows beside {live:,} living ones.",
            f"Run: VACUUM (ANALYZE) {table}; and see whether autovacuum is on, or a transaction "
            "stays open.",
        )


def _value(question: str) -> Any:
    return _rows(question)[0][0]


def _rows(question: str, parameters: list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return list(cursor.fetchall())
