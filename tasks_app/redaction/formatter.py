"""The lines of a process's own log."""

import logging

from tasks_app.redaction.text import redact_text


class RedactingFormatter(logging.Formatter):
    """A line with its traceback, without secrets, whoever logged it."""

    def format(self, record: logging.LogRecord) -> str:
        """As the format says."""
        return redact_text(super().format(record))
