"""Which run the code that asks belongs to.

Threads that a job starts belong to none, unless they are started in a copy of its context.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from tasks_app.runtime.logs.printed_lines import PrintedLines
    from tasks_app.runtime.logs.run_log import RunLog


class ThisRun(NamedTuple):
    """An attempt whose body runs, and where its lines go; nowhere if its log is not kept."""

    execution_id: UUID
    attempt: int
    log: "RunLog | None" = None
    printed: "PrintedLines | None" = None


this_run: ContextVar[ThisRun | None] = ContextVar("this_run", default=None)
