"""Many rows as one parameter: a JSON array that both databases read as a table."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

# By kind of column: PostgreSQL's type. SQLite takes JSON's own.
_TYPES = {
    "uuid": "uuid",
    "integer": "bigint",
    "moment": "timestamptz",
    "text": "text",
    "number": "float8",
    "boolean": "boolean",
}


def json_rows(kinds: Mapping[str, str], alias: str) -> str:
    """A FROM item called `alias` with these columns; its one parameter comes from `as_json`."""
    if connection.vendor == "sqlite":
        columns = ", ".join(
            f"json_extract(value, '$[{number}]') AS {name}" for number, name in enumerate(kinds)
        )
        return f"(SELECT {columns} FROM json_each(%s)) AS {alias}"
    columns = ", ".join(
        f"(value->>{number})::{_TYPES[kind]} AS {name}"
        for number, (name, kind) in enumerate(kinds.items())
    )
    # OFFSET keeps the planner from working out each column again where it is used twice.
    return f"(SELECT {columns} FROM json_array_elements(%s) OFFSET 0) AS {alias}"


def as_json(rows: Sequence[Sequence[Any]]) -> str:
    """The parameter: each row has its values in the order of the columns."""
    return json.dumps(rows, default=_stored, separators=(",", ":"))


def _stored(value: Any) -> str:
    """Moments and ids as the database writes them."""
    on_sqlite = connection.vendor == "sqlite"
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None)) + ("" if on_sqlite else "+00")
    if isinstance(value, UUID):
        return value.hex
    raise TypeError(f"{value!r} has no place in a row")
