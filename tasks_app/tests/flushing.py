"""Empties the tables after a test with real transactions, also those that refuse deletions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper


@contextmanager
def triggers_flushed_too() -> Iterator[None]:
    """SQLite empties tables row by row, which append-only tables refuse by trigger.

    Django's flush ends with the signal that makes the triggers again.
    """
    operations = DatabaseWrapper.ops_class
    sql_flush = operations.sql_flush

    def without_triggers(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            drops = [f'DROP TRIGGER "{name}"' for (name,) in cursor.fetchall()]
        return [*drops, *sql_flush(self, *args, **kwargs)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", without_triggers)
        yield
