"""Rows that raw statements give back: how their columns are read is worked out once.

The ORM's own `raw()` does so for every statement, which costs as much as the statement.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import Col

M = TypeVar("M", bound=Model)


class RowReader(Generic[M]):
    """Reads some columns of a model, or all; what it leaves out is loaded when it is asked for."""

    def __init__(self, model: type[M], columns: Sequence[str] = ()) -> None:
        self._model = model
        # In the model's own order, in which `from_db` takes them.
        fields: list[Field] = list(model._meta.concrete_fields)
        self._fields = [field for field in fields if not columns or field.column in columns]
        assert len(columns) in (0, len(self._fields)), f"{columns} has an unknown column"
        self._names = [field.attname for field in self._fields]

    @cached_property
    def columns(self) -> str:
        """As a statement lists them."""
        table = self._model._meta.db_table
        quote = connection.ops.quote_name
        return ", ".join(f"{quote(table)}.{quote(str(field.column))}" for field in self._fields)

    def read(self, sql: str, parameters: Sequence[Any]) -> list[M]:
        """Run a statement that gives back these columns; what it adds to them is left out."""
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return [self._row(list(values[: len(self._names)])) for values in cursor.fetchall()]

    def _row(self, values: list[Any]) -> M:
        for place, column, converters in self._converters:
            for convert in converters:
                values[place] = convert(values[place], column, connection)
        return self._model.from_db(connection.alias, self._names, values)

    @cached_property
    def _converters(self) -> list[tuple[int, Col, list[Any]]]:
        """Of the columns that have any: from the database's own types, as the ORM would."""
        found = []
        for place, field in enumerate(self._fields):
            column = field.get_col(self._model._meta.db_table)
            own = column.get_db_converters(connection)
            if converters := [*connection.ops.get_db_converters(column), *own]:
                found.append((place, column, converters))
        return found
