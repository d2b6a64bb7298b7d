"""Triggers that mark a timer stale in the transaction of any edit, whoever makes it and how."""

from django.db.backends.base.base import BaseDatabaseWrapper

SCHEDULES = "django_celery_beat_periodictask"
# What a fire takes from the schedule's row; its counters and texts may change freely.
_OF_SCHEDULE = [
    "task",
    "args",
    "kwargs",
    "headers",
    "queue",
    "exchange",
    "routing_key",
    "priority",
    "enabled",
    "interval_id",
    "crontab_id",
    "solar_id",
    "clocked_id",
    "start_time",
    "expires",
    "expire_seconds",
    "one_off",
]
_OF_TASK = [
    "schedule_id",
    "celery_task_name",
    "args",
    "kwargs",
    "queue",
    "priority",
    "enabled",
    "cron_semantics",
    "max_runs",
]
# By kind of schedule, the columns that define it.
_DEFINITIONS = {
    "crontab": ["minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone"],
    "interval": ["every", "period"],
    "clocked": ["clocked_time"],
    "solar": ["event", "latitude", "longitude"],
}
NAMES = {
    "timers_schedule_made": SCHEDULES,
    "timers_schedule_edited": SCHEDULES,
    "timers_schedule_gone": SCHEDULES,
    "timers_task_made": "tasks",
    "timers_task_edited": "tasks",
    **{f"timers_{kind}_edited": f"django_celery_beat_{kind}schedule" for kind in _DEFINITIONS},
}
_NOW = {
    "postgresql": "clock_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')",
}
_EPOCH = {"postgresql": "1970-01-01 00:00:00+00", "sqlite": "1970-01-01 00:00:00"}
_INSERT = "INSERT INTO timers (schedule_id, watermark, run_count)"


def make_triggers(connection: BaseDatabaseWrapper) -> None:
    """Make all triggers anew: migrations run without them.

    If some were missing, nobody knows what was edited meanwhile: every timer is marked stale.
    """
    were_missing = missing_triggers(connection)
    with connection.cursor() as cursor:
        for name, table in NAMES.items():
            for statement in _made(connection.vendor, name, table):
                cursor.execute(statement)
        if were_missing:
            cursor.execute(f"UPDATE timers SET {_stale(connection.vendor)}")


def drop_triggers(connection: BaseDatabaseWrapper) -> None:
    """Out of a migration's way: PostgreSQL alters no column that a trigger names, and SQLite
    rebuilds no table that one names."""
    with connection.cursor() as cursor:
        for name, table in NAMES.items():
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")


def make_missing_timers(connection: BaseDatabaseWrapper) -> int:
    """Give every schedule that has no timer one that is stale; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_INSERT} SELECT id, last_run_at, total_run_count FROM {SCHEDULES} "
            f"WHERE NOT EXISTS (SELECT 1 FROM timers WHERE schedule_id = {SCHEDULES}.id) "
            "ON CONFLICT (schedule_id) DO NOTHING"
        )
        return int(cursor.rowcount)


def missing_triggers(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that are not there or that somebody disabled."""
    question = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])
        return set(NAMES) - {name for (name,) in cursor.fetchall()}


def _made(vendor: str, name: str, table: str) -> list[str]:
    event, condition, body = _rules(vendor)[name]
    when = f"WHEN ({condition})" if condition else ""
    if vendor == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {event} ON {table} {when} BEGIN {body} END",
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {body} RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} "
        f"EXECUTE FUNCTION {name}()",
    ]


def _rules(vendor: str) -> dict[str, tuple[str, str, str]]:
    """By trigger: the event, its condition, and what is done."""
    stale = _stale(vendor)
    mark = f"UPDATE timers SET {stale} WHERE schedule_id"
    made = (
        f"{_INSERT} VALUES (NEW.id, NEW.last_run_at, NEW.total_run_count) "
        "ON CONFLICT (schedule_id) DO NOTHING;"
    )
    # PostgreSQL gives a trigger's function no NULL row to compare where the event has none.
    flipped = "interrupted = interrupted OR NEW.enabled <> OLD.enabled"
    gone = (
        "DELETE FROM timers WHERE schedule_id = OLD.id; "
        "DELETE FROM skips WHERE schedule_id = OLD.id; "
        "UPDATE tasks SET schedule_id = NULL WHERE schedule_id = OLD.id;"
    )
    rules = {
        "timers_schedule_made": ("INSERT", "", made),
        "timers_schedule_edited": (
            f"UPDATE OF {', '.join(_OF_SCHEDULE)}",
            _differ(vendor, _OF_SCHEDULE),
            f"{made} UPDATE timers SET {stale}, {flipped} WHERE schedule_id = NEW.id;",
        ),
        "timers_schedule_gone": ("DELETE", "", gone),
        "timers_task_made": ("INSERT", "NEW.schedule_id IS NOT NULL", f"{mark} = NEW.schedule_id;"),
        "timers_task_edited": (
            f"UPDATE OF {', '.join(_OF_TASK)}",
            _differ(vendor, _OF_TASK),
            f"{mark} IN (OLD.schedule_id, NEW.schedule_id);",
        ),
    }
    for kind, columns in _DEFINITIONS.items():
        users = f"{mark} IN (SELECT id FROM {SCHEDULES} WHERE {kind}_id = NEW.id);"
        rules[f"timers_{kind}_edited"] = ("UPDATE", _differ(vendor, columns), users)
    return rules


def _stale(vendor: str) -> str:
    now, epoch = _NOW[vendor], _EPOCH[vendor]
    edited = f"edited_from = COALESCE(edited_from, {now}), edited_until = {now}"
    return f"next_fire_at = '{epoch}', {edited}"


def _differ(vendor: str, columns: list[str]) -> str:
    operator = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in columns)
