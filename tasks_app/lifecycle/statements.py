"""Writing the raw statements: the ORM cannot move a row and return what it became in one."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import Field

from tasks_app.models import TaskExecution
from tasks_app.models.row_reader import RowReader
from tasks_app.states import Status

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


def execute(
    sql: str, parameters: Sequence[Any], told: RowReader[TaskExecution]
) -> list[TaskExecution]:
    """Run one UPDATE and give back the rows that it moved, with the told columns loaded."""
    return told.read(f"{sql} RETURNING {told.columns}", parameters)


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
    """`FOR UPDATE SKIP LOCKED` where it exists; SQLite has one writer at a time."""
    return "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
