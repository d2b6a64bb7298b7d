"""From a line in memory to its row: without secrets, in what databases take, not too long."""

from datetime import UTC, datetime

from tasks_app.models.log_line import NewLine
from tasks_app.redaction import redact_text
from tasks_app.runtime.errors import storable
from tasks_app.runtime.logs.run_log import LONGEST_LINE, Line, RunLog


def row_of(log: RunLog, line: Line) -> NewLine:
    """The row of a line."""
    return NewLine(
        execution_id=log.execution_id,
        attempt=log.attempt,
        number=line.number,
        at=datetime.fromtimestamp(line.at, UTC),
        level=storable(line.level)[:20],
        logger=storable(line.logger)[:255],
        text=_cut(storable(redact_text(line.text))),
    )


def _cut(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= LONGEST_LINE:
        return text
    return f"{encoded[:LONGEST_LINE].decode('utf-8', 'ignore')} …"
