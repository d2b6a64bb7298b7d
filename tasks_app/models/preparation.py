"""What the database needs beside tables: made after every migration, safe to repeat."""

from django.db import connections

from tasks_app.models.pause_guard import make_guard
from tasks_app.models.timer_triggers import drop_triggers, make_missing_timers, make_triggers

EVENTS_APPEND_ONLY = {
    "postgresql": [
        """
        CREATE OR REPLACE FUNCTION events_refuse_change() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION 'events are append-only'; END
        $$ LANGUAGE plpgsql
        """,
        """
        CREATE OR REPLACE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
        FOR EACH ROW EXECUTE FUNCTION events_refuse_change()
        """,
    ],
    "sqlite": [
        """
        CREATE TRIGGER IF NOT EXISTS events_no_update BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS events_no_delete BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
        """,
    ],
}


def make_way_for_migrations(using: str, plan: list[object], **_: object) -> None:
    """Before migrations run: what is dropped here, `prepare_database` makes again."""
    if plan and "timers" in connections[using].introspection.table_names():
        drop_triggers(connections[using])


def prepare_database(using: str, **_: object) -> None:
    """Make the triggers (SQLite drops them when it rebuilds a table), the guard of pauses and the
    control row."""
    connection = connections[using]
    if not {"events", "timers"} <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in EVENTS_APPEND_ONLY[connection.vendor]:
            cursor.execute(statement)
        # Its other columns are those of the migration that was reached.
        cursor.execute("INSERT INTO control (id) VALUES (1) ON CONFLICT (id) DO NOTHING")
    make_guard(connection)
    make_triggers(connection)
    make_missing_timers(connection)
