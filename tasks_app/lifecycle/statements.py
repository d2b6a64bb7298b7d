"""Writing the raw statements: the ORM cannot move a row and return what it became in one."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import Field

from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.models.row_reader import RowReader
from tasks_app.states import Status

# The longest that a word of a worker may wait for the rest of its transaction.
STANDSTILL = "5s"
# What a claim is in `given`, and what every word of a running attempt must prove there.
CLAIM = ("id", "claim_token:token")
HELD = (
    f"task_executions.id = given.id AND claim_token = given.token AND status = '{Status.STARTED}'"
)


def returning(*columns: str) -> RowReader[TaskExecution]:
    """What a statement gives back of the rows that it moved."""
    return RowReader(TaskExecution, columns)


# What waits for the end of a run needs of it; and whether a running one is asked to stop.
ENDED = returning("id", "status", "reason", "envelope")
ASKED = returning("id", "cancel_requested_at")


def noting_seen() -> str:
    """The assignment by which a running attempt notes when it first heard that it shall stop."""
    return (
        "cancel_seen_at = CASE WHEN cancel_requested_at IS NOT NULL "
        f"THEN COALESCE(cancel_seen_at, {clock().now}) END"
    )


def execute(
    sql: str, parameters: Sequence[Any], told: RowReader[TaskExecution], *, brief: bool = False
) -> list[TaskExecution]:
    """Run one UPDATE and give back the rows that it moved, with the told columns loaded.

    A `brief` one bounds how long the transaction around it may stand still.
    """
    bound = _bound() if brief and connection.in_atomic_block else ""
    return told.read(f"{sql} RETURNING {told.columns}{bound}", parameters)


def _bound() -> str:
    """A process that freezes here would keep the row from the reaper for as long; on SQLite from
    everybody, and nothing can be done. As a column it costs no statement of its own."""
    if connection.vendor != "postgresql":
        return ""
    return f", set_config('idle_in_transaction_session_timeout', '{STANDSTILL}', true)"


def value(column: str, content: Any) -> Any:
    """`content` as the database takes it for `column`."""
    return _field(column).get_db_prep_save(content, connection)


def given(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, list[Any]]:
    """A `WITH given (…) AS (VALUES …)` of rows of columns of the ledger, and its parameters.

    The first column is the id. A column may be written `name:alias` to carry a second value of
    the same kind.
    """
    kinds = [column.partition(":")[0] for column in columns]
    parameters: list[Any] = []
    count = 0
    for row in rows:
        parameters += [value(kind, content) for kind, content in zip(kinds, row, strict=True)]
        count += 1
    return _with_given(tuple(columns), count), parameters


@lru_cache(64)
def _with_given(columns: Sequence[str], count: int) -> str:
    names = [column.partition(":")[2] or column for column in columns]
    one = f"({', '.join(_placeholder(column.partition(':')[0]) for column in columns)})"
    return f"WITH given ({', '.join(names)}) AS (VALUES {', '.join([one] * count)})"


def _placeholder(column: str) -> str:
    """PostgreSQL takes a bare NULL in VALUES for text, which is no JSON."""
    field = _field(column)
    return f"CAST(%s AS {field.cast_db_type(connection)})" if field.null else "%s"


@cache
def _field(column: str) -> Field:
    field = TaskExecution._meta.get_field(column)
    assert isinstance(field, Field)
    return field


def listed(words: Iterable[str]) -> str:
    """Our own constants as the inside of an SQL list."""
    return ", ".join(f"'{word}'" for word in words)


def skip_locked() -> str:
    """Passing over what others change, where that exists; SQLite has one writer at a time.

    No stronger lock than the change needs: a job may hold its own row for as long as it likes, by
    rows that refer to it.
    """
    locks = connection.features.has_select_for_update_skip_locked
    return "FOR NO KEY UPDATE SKIP LOCKED" if locks else ""
