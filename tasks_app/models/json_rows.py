"""Many rows as one parameter: a JSON array that both databases read as a table."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

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
    # Decided once: this runs for every value of every tick.
    stored = _stored_on_sqlite if connection.vendor == "sqlite" else _stored
    return json.dumps(rows, default=stored, separators=(",", ":"))


def _stored(value: Any) -> str:
    """Aware moments and ids as PostgreSQL reads them."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _stored_on_sqlite(value: Any) -> str:
    """As Django writes them there."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return str(value.hex)
