"""One row by a statement that is put together once.

The ORM compiles its statement anew at every use, which costs two to three times what the row does.
That is worth avoiding where a request waits, and nowhere else.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import chain
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

from tasks_app.models.row_reader import RowReader

M = TypeVar("M", bound=Model)
Fields = tuple[Field, ...]


def fetch(model: type[M], pk: Any) -> M | None:
    """The row with this primary key, or None."""
    key: Field = model._meta.pk
    reader, select = _select(model)
    return next(iter(reader.read(select, [key.get_db_prep_value(pk, connection)])), None)


@cache
def _select(model: type[M]) -> tuple[RowReader[M], str]:
    reader, key = RowReader(model), _columns([model._meta.pk])
    return reader, f"SELECT {reader.columns} FROM {model._meta.db_table} WHERE {key} = %s"


def insert(row: Model) -> None:
    """Insert a new row and load what the database gave it, without signals.

    Raises IntegrityError.
    """
    given: dict[Field, Any] = {}
    left: list[Field] = []
    for field in row._meta.concrete_fields:
        if isinstance(getattr(row, field.attname), DatabaseDefault):
            left.append(field)
        elif hasattr(value := field.pre_save(row, add=True), "resolve_expression"):
            # Each such statement is another one.
            row.save(force_insert=True)
            return
        elif value is not None or field.has_db_default():
            given[field] = field.get_db_prep_save(value, connection)
    told = _execute(_insert(type(row), tuple(given), tuple(left)), list(given.values()))
    for field, value in zip(left, told or (), strict=True):
        setattr(row, field.attname, _converted(field, value))
    row._state.adding, row._state.db = False, connection.alias


def _execute(statement: str, values: list[Any]) -> Any:
    """The row that comes back, if any. As with the ORM, an error spoils a transaction around it."""
    with (
        transaction.mark_for_rollback_on_error(using=connection.alias),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


@lru_cache(256)
def _insert(model: type[Model], given: Fields, left: Fields) -> str:
    """Columns that are neither given nor left to a default are empty."""
    values = ", ".join(["%s"] * len(given))
    returning = f" RETURNING {_columns(left)}" if left else ""
    return f"INSERT INTO {model._meta.db_table} ({_columns(given)}) VALUES ({values}){returning}"


def _converted(field: Field, value: Any) -> Any:
    """From the database's own type, as the ORM would."""
    column = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(column), column.get_db_converters(connection)
    for convert in chain(*converters):
        value = convert(value, column, connection)
    return value


def _columns(fields: Iterable[Field]) -> str:
    return ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
