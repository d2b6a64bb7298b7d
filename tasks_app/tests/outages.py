"""A database that is away when the test says so: statements fail as if its server had stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection


@contextmanager
def an_outage(after: int = 0, statements: float = float("inf")) -> Iterator[list[str]]:
    """Let so many statements pass, then refuse so many; give those that were refused."""
    passed: list[str] = []
    refused: list[str] = []

    def answer(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if len(passed) < after or len(refused) >= statements:
            passed.append(sql)
            return execute(sql, parameters, many, context)
        refused.append(sql)
        raise OperationalError("the database is away")

    with connection.execute_wrapper(answer):
        yield refused


@contextmanager
def a_lost_answer() -> Iterator[None]:
    """The next statement is done, and its answer never comes."""
    told: list[str] = []

    def answer(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        done = execute(sql, parameters, many, context)
        if not told and "UPDATE task_executions" in sql:
            told.append(sql)
            raise OperationalError("the connection broke")
        return done

    with connection.execute_wrapper(answer):
        yield
