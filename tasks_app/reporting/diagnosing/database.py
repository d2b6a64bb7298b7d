"""The database: is it there, whole and of this release."""

import socket
from collections.abc import Iterable, Iterator

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from tasks_app.models import Beat, Control
from tasks_app.reporting.diagnosing.finding import Finding, counted, error, listed, note, warning

_AWAY = "The database does not answer"
_PRODUCTS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def is_away(found: Iterable[Finding]) -> bool:
    """Whether this look found that nothing else can be asked of it."""
    return any(finding.sentence.startswith(_AWAY) for finding in found)


def look() -> Iterator[Finding]:
    """Returns within the connection's time-out."""
    try:
        connection.ensure_connection()
        version = ".".join(map(str, connection.get_database_version()))
    except (OperationalError, InterfaceError) as failure:
        yield error(
            f"{_AWAY}: {_first_line(failure)}",
            "Start it, and see whether DATABASE_URL names it. Until then nothing is accepted.",
        )
        return
    yield note(f"The database is {_PRODUCTS[connection.vendor]} {version}.")
    yield from _pending()


def _pending() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
        yield error(
            f"{counted(len(names), 'migration')} still to be applied: {listed(names)}.",
            "Run: manage.py migrate.",
        )
    elif not Control.objects.exists():
        yield error("The control row is missing: no beat will start.", "Run: manage.py migrate.")
    elif connection.vendor == "sqlite":
        yield from _hosts()


def _hosts() -> Iterator[Finding]:
    """Beats name themselves after their host; workers may be called anything."""
    beats = Beat.objects.alive().values_list("name", flat=True)
    hosts = {name.rpartition("@")[0] for name in beats} | {socket.gethostname()}
    if len(hosts) > 1:
        yield warning(
            f"SQLite is used by processes of several hosts: {listed(sorted(hosts))}.",
            "Its locks hold on one machine only. Set DATABASE_URL to a PostgreSQL database.",
        )


def _first_line(failure: Exception) -> str:
    return str(failure).strip().partition("\n")[0]
