"""The process's own log: key=value lines, each with the run that it belongs to."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tasks_app.redaction.formatter import RedactingFormatter
from tasks_app.runtime.logs.this_run import this_run


class KeyValueFormatter(RedactingFormatter):
    """One line for each record; a traceback follows it, indented, so that it looks like no line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return super().format(record).replace("\n", "\n  ")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the name is logging's)
        """Its first line."""
        return " ".join(f"{name}={value}" for name, value in _pairs(record))


def _pairs(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    at = datetime.fromtimestamp(record.created, UTC)
    yield "time", at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield "level", record.levelname
    yield "logger", record.name
    yield from _run_of(record)
    # As JSON: a line break in a message begins no line of its own.
    yield "message", json.dumps(record.message, ensure_ascii=False)


def _run_of(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """The run that logs, or that Celery's own line is about."""
    told = getattr(record, "data", None)
    if run := this_run.get():
        yield "execution", run.execution_id
        yield "attempt", run.attempt
    elif isinstance(told, dict) and "id" in told:
        yield "execution", told["id"]
