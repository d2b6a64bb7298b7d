"""Stored lines of a run."""

from datetime import UTC, datetime

from tasks_app.models import LogLine, TaskExecution
from tasks_app.models.log_line import PER_ATTEMPT

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def lines_of(run: TaskExecution, *numbers: int, attempt: int = 1, **columns: str) -> None:
    """Store "line 1" and so on; what is not among `numbers` was dropped."""
    told = {"level": "INFO", "logger": "shop", "at": NOON}
    for number in numbers:
        LogLine.objects.create(
            execution=run,
            attempt=attempt,
            number=attempt * PER_ATTEMPT + number,
            **{"text": f"line {number}", **told, **columns},
        )
