"""Ticks become rows: to be run, to wait, or skipped with the reason. Each becomes one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from tasks_app.lifecycle.statements import listed, value
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.states import Reason, Status, Trigger

EXCLUDED = "A run with the same arguments was live, or had the period already."


class Tick(NamedTuple):
    """A planned moment of a schedule, and what policy made of it.

    An empty `reason` means run at once; `delayed` at `run_at`; `buffered` when something else ends;
    `paused` when a pause does; any other skips it. `missed_from` and `missed_count` are of a gap
    that the row stands for. Of runs with one of the same keys only one may be.
    """

    id: UUID
    schedule_id: int
    scheduled_for: datetime
    reason: Reason | str
    run_at: datetime | None
    job: str
    queue: str
    priority: int
    on_lost: str
    missed_from: datetime | None = None
    missed_count: int = 0
    error: str = ""
    unique_key: str | None = None
    period_key: str | None = None

    @property
    def is_run(self) -> bool:
        return self.reason in REASONS_TO_WAIT

    @property
    def is_rung(self) -> bool:
        """Whether its doorbell rings at once."""
        return not self.reason

    def excluded(self) -> "Tick":
        """As it is when another run is in its way."""
        return self._replace(
            reason=Reason.OVERLAP, error=EXCLUDED, unique_key=None, period_key=None
        )


class Submitted(NamedTuple):
    """Ids of ticks: those that had no row yet, and those that another run excluded."""

    inserted: set[UUID] = set()
    excluded: set[UUID] = set()


REASONS_TO_WAIT = ("", Reason.DELAYED, Reason.BUFFERED, Reason.PAUSED)
_KINDS = {
    "id": "uuid",
    "schedule_id": "integer",
    "scheduled_for": "moment",
    "reason": "text",
    "run_at": "moment",
    "job": "text",
    "queue": "text",
    "priority": "integer",
    "on_lost": "text",
    "missed_from": "moment",
    "missed_count": "integer",
    "error": "text",
}
# Most ticks have none, and to the database each value is work.
_KINDS_WITH_KEYS = {**_KINDS, "unique_key": "text", "period_key": "text"}
assert tuple(_KINDS_WITH_KEYS) == Tick._fields


def submit_ticks(ticks: Sequence[Tick]) -> Submitted:
    """Insert the rows in the caller's transaction.

    What a run copies is read from the schedule's row, and from its task's where it has one. A tick
    that a run with the same key excludes becomes `skipped`, `overlap`: none is ever without a row.
    """
    keyed = [tick for tick in ticks if tick.unique_key]
    if not keyed:
        return Submitted(_insert(ticks))
    others = _insert([tick for tick in ticks if not tick.unique_key])
    inserted = _insert(keyed, with_keys=True)
    lost = [tick for tick in keyed if tick.id not in inserted]
    # One that had its row before is not inserted now, either.
    return Submitted(others | inserted, _insert([tick.excluded() for tick in lost]))


def _insert(ticks: Sequence[Tick], *, with_keys: bool = False) -> set[UUID]:
    """The ids of those that were not there; with keys, and that nothing excludes."""
    if not ticks:
        return set()
    kinds = _KINDS_WITH_KEYS if with_keys else _KINDS
    columns, parameters = _columns(kinds)
    conflict = "" if with_keys else "(schedule_id, scheduled_for)"
    # Of several with one key the first that is inserted stands.
    order = "ORDER BY tick.scheduled_for" if with_keys else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO task_executions ({", ".join(columns)})
            SELECT {", ".join(columns.values())}
            FROM {json_rows(kinds, "tick")}
            JOIN django_celery_beat_periodictask AS schedule ON schedule.id = tick.schedule_id
            LEFT JOIN tasks AS task ON task.schedule_id = schedule.id
            WHERE 1 = 1 {order}
            ON CONFLICT {conflict} DO NOTHING
            RETURNING id
            """,
            [*parameters, as_json([tick[: len(kinds)] for tick in ticks])],
        )
        return {_uuid(row[0]) for row in cursor.fetchall()}


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


def _columns(kinds: Mapping[str, str]) -> tuple[dict[str, str], list[Any]]:
    """By column what it is set to, and the parameters of those that have the model's default."""
    told, parameters = _told(kinds), []
    columns = {}
    for field in TaskExecution._meta.concrete_fields:
        column = str(field.column)
        if column in told:
            columns[column] = told[column]
        elif not field.null and field.db_default is NOT_PROVIDED:
            columns[column] = _typed(field)
            parameters.append(value(field.name, field.get_default()))
    return columns, parameters


def _typed(field: models.Field) -> str:
    """PostgreSQL takes a parameter among the columns of a SELECT for text."""
    return f"CAST(%s AS {field.cast_db_type(connection)})"


def _told(kinds: Mapping[str, str]) -> dict[str, str]:
    """SQL of the columns that a tick, its schedule or its task tells."""
    now = clock().now
    run = f"tick.reason IN ({listed(REASONS_TO_WAIT)})"
    rung = "tick.reason = ''"
    copied = {
        name: f"COALESCE(task.{name}, {_default(name)})"
        for name in ("retry_backoff", "retry_backoff_max", "retry_jitter", "keep_log")
    }
    return {
        **{name: f"tick.{name}" for name in kinds if name != "job"},
        **copied,
        "celery_task_name": "tick.job",
        "schedule_name": "schedule.name",
        "task_id": "task.id",
        "owner_id": "task.owner_id",
        "trigger": f"'{Trigger.SCHEDULE}'",
        "status": f"CASE WHEN {run} THEN '{Status.PENDING}' ELSE '{Status.SKIPPED}' END",
        "finished_at": f"CASE WHEN {run} THEN NULL ELSE {now} END",
        "published_at": f"CASE WHEN {rung} THEN {now} END",
        "published_count": f"CASE WHEN {rung} THEN 1 ELSE 0 END",
        "soft_time_limit": "task.soft_time_limit",
        "time_limit": "task.time_limit",
        "max_attempts": "task.max_retries + 1",
        "retry_on": "NULLIF(task.retry_on, '[]')",
        "fail_on": "NULLIF(task.fail_on, '[]')",
        "cancel_grace": "task.cancel_grace",
        **_DOCUMENTS[connection.vendor],
    }


def _default(name: str) -> str:
    field: Any = TaskExecution._meta.get_field(name)
    return str(field.get_default())


def _readable(column: str) -> str:
    """A tick with an error may be one of a schedule whose text is no JSON."""
    return f"CASE WHEN tick.error = '' THEN NULLIF(schedule.{column}, '') END"


# A schedule's row keeps JSON as text. Who has no task expires as django-celery-beat says.
_DOCUMENTS = {
    "postgresql": {
        "args": f"COALESCE(task.args, ({_readable('args')})::jsonb, '[]')",
        "kwargs": f"COALESCE(task.kwargs, ({_readable('kwargs')})::jsonb, '{{}}')",
        "envelope": """CASE WHEN tick.error <> '' OR COALESCE(schedule.headers, '') IN ('', '{}')
            THEN '{}'::jsonb ELSE jsonb_build_object('headers', schedule.headers::jsonb) END""",
        "expires_at": """CASE WHEN task.id IS NULL AND schedule.expires IS NOT NULL
            THEN schedule.expires
            ELSE GREATEST(tick.run_at, statement_timestamp()) + interval '1 second'
                * COALESCE(task.expires_after, schedule.expire_seconds) END""",
    },
    "sqlite": {
        "args": f"COALESCE(task.args, {_readable('args')}, '[]')",
        "kwargs": f"COALESCE(task.kwargs, {_readable('kwargs')}, '{{}}')",
        "envelope": """CASE WHEN tick.error <> '' OR COALESCE(schedule.headers, '') IN ('', '{}')
            THEN '{}' ELSE json_object('headers', json(schedule.headers)) END""",
        "expires_at": """CASE WHEN task.id IS NULL AND schedule.expires IS NOT NULL
            THEN schedule.expires
            ELSE strftime('%%Y-%%m-%%d %%H:%%M:%%f',
                MAX(COALESCE(tick.run_at, ''), strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')),
                COALESCE(task.expires_after, schedule.expire_seconds) || ' seconds') END""",
    },
}
