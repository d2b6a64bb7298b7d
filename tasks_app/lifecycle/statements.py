"""Writing the raw statements: the ORM cannot move a row and return what it became in one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field

from tasks_app.models import TaskExecution
from tasks_app.states import Status

# What a claim is in `given`, and what every word of a running attempt must prove there.
CLAIM = ("id", "claim_token:token")
HELD = (
    f"task_executions.id = given.id AND claim_token = given.token AND status = '{Status.STARTED}'"
)


def execute(sql: str, parameters: Sequence[Any] = ()) -> list[TaskExecution]:
    """Run one UPDATE … RETURNING and give back the rows, with the returned columns loaded."""
    return list(TaskExecution.objects.raw(sql, list(parameters)))


def value(column: str, content: Any) -> Any:
    """`content` as the database takes it for `column`."""
    return _field(column).get_db_prep_save(content, connection)


def given(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, list[Any]]:
    """A `WITH given (…) AS (VALUES …)` of rows of columns of the ledger, and its parameters.

    The first column is the id. A column may be written `name:alias` to carry a second value of
    the same kind.
    """
    names = [column.partition(":")[2] or column for column in columns]
    kinds = [column.partition(":")[0] for column in columns]
    parameters: list[Any] = []
    count = 0
    for row in rows:
        parameters += [value(kind, content) for kind, content in zip(kinds, row, strict=True)]
        count += 1
    one = f"({', '.join(map(_placeholder, kinds))})"
    return f"WITH given ({', '.join(names)}) AS (VALUES {', '.join([one] * count)})", parameters


def _placeholder(column: str) -> str:
    """PostgreSQL takes a bare NULL in VALUES for text, which is no JSON."""
    field = _field(column)
    return f"CAST(%s AS {field.cast_db_type(connection)})" if field.null else "%s"


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
