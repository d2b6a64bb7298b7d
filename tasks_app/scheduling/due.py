"""The timers whose moment has come, with what a tick of theirs needs, locked for this beat."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tasks_app.models.clock import clock
from tasks_app.models.timer import STALE


class Due(NamedTuple):
    """One timer. What begins with `task_` is None for a schedule that has no task."""

    schedule_id: int
    job: str
    spec: str
    planned_for: datetime
    run_count: int
    one_off: bool
    queue: str
    exchange: str
    routing_key: str
    priority: int | None
    task_id: UUID | None
    task_priority: int | None
    time_limit: int | None
    soft_time_limit: int | None
    on_lost: str | None
    overlap: str | None
    catch_up: str | None
    catch_up_window: int | None
    jitter: int | None
    max_runs: int | None
    owner_id: int | None
    unique_runs: str | None
    now: datetime


# In the order of `Due`.
COLUMNS = """
    timer.schedule_id, COALESCE(task.celery_task_name, schedule.task), timer.spec,
    timer.planned_for, timer.run_count, schedule.one_off,
    COALESCE(task.queue, schedule.queue, ''), COALESCE(schedule.exchange, ''),
    COALESCE(schedule.routing_key, ''), schedule.priority,
    task.id, task.priority, task.time_limit, task.soft_time_limit, task.on_lost, task.overlap,
    task.catch_up, task.catch_up_window, task.jitter, task.max_runs, task.owner_id,
    task.unique_runs
"""
TABLES = """
    timers AS timer
    JOIN django_celery_beat_periodictask AS schedule ON schedule.id = timer.schedule_id
    LEFT JOIN tasks AS task ON task.schedule_id = schedule.id
"""


def claim_due(most: int) -> list[Due]:
    """Lock the earliest due timers for the caller's transaction; another beat's are passed over."""
    now = clock().now
    # The stored moment is compared with a constant of the statement, so the index serves.
    question = f"""
        SELECT {COLUMNS} FROM {TABLES}
        WHERE timer.next_fire_at > %s AND timer.next_fire_at <= {now}
            AND timer.planned_for IS NOT NULL
        ORDER BY timer.next_fire_at LIMIT %s {for_this_beat()}
    """
    rows = fetch(question, [stored(STALE), most])
    # Read once, and after the rows: to the driver a moment costs more than all their numbers.
    read_at = database_time() if rows else None
    return [due_of(row, read_at) for row in rows]


def database_time() -> Any:
    """The moment of this statement by the database's clock."""
    return told_moment(fetch(f"SELECT {clock().now.replace('%%', '%')}", [])[0][0])


class Outlook(NamedTuple):
    """Whether schedules were edited, and the seconds until the next tick: not positive if one is
    due, None if none will ever be."""

    is_edited: bool
    seconds: float | None

    @property
    def is_due(self) -> bool:
        return self.seconds is not None and self.seconds <= 0


def look_ahead() -> Outlook:
    """One statement of two index probes, by the database's clock: all that an idle beat asks."""
    age = {
        "postgresql": "extract(epoch FROM next_fire_at - clock_timestamp())::float8",
        "sqlite": "(julianday(next_fire_at) - julianday('now')) * 86400",
    }[connection.vendor]
    question = f"""
        SELECT EXISTS (SELECT 1 FROM timers WHERE next_fire_at <= %s), (
            SELECT {age} FROM timers WHERE next_fire_at > %s ORDER BY next_fire_at LIMIT 1)
    """
    [(is_edited, seconds)] = fetch(question, [stored(STALE), stored(STALE)])
    return Outlook(bool(is_edited), seconds)


def for_this_beat() -> str:
    """Row locks where they exist; SQLite has one writer at a time."""
    locks = connection.features.has_select_for_update_skip_locked
    return "FOR UPDATE OF timer SKIP LOCKED" if locks else ""


def fetch(question: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a raw question."""
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return list(cursor.fetchall())


def due_of(row: tuple[Any, ...], read_at: datetime | None) -> Due:
    """A row of `COLUMNS`, read at that time; SQLite tells moments and ids as text."""
    due = Due._make((*row, read_at))
    if connection.vendor != "sqlite":
        return due
    return due._replace(
        planned_for=told_moment(due.planned_for),
        task_id=UUID(str(due.task_id)) if due.task_id else None,
        one_off=bool(due.one_off),
    )


def told_moment(told: Any) -> Any:
    """An aware moment; SQLite tells a naive one for a column and text for an expression."""
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def stored(moment: datetime) -> Any:
    """A moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(moment)
