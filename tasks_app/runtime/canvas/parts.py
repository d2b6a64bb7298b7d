"""What the members of a chord pass to its body.

The ledger redacts results before it stores them, and drops those of jobs that ignore theirs. The
body needs them as they were, so they stay in the envelope until it is submitted.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tasks_app.models import TaskExecution

PART = "part"
# The members whose results are read for a body just now, by id.
_members: ContextVar[dict[str, TaskExecution] | None] = ContextVar("members", default=None)


def keep_part(row: TaskExecution, value: Any) -> None:
    """Keep what a member passes on, where its stored result is something else."""
    if value != row.result:
        row.envelope[PART] = value
        row.save(update_fields=["envelope"])


def is_joining() -> bool:
    """Whether results are read for the body of a chord."""
    return _members.get() is not None


def member(task_id: str) -> TaskExecution | None:
    """The row of a member, while results are read for the body."""
    return (_members.get() or {}).get(task_id)


def part_of(row: TaskExecution) -> Any:
    """The result of a success; for the body of a chord, what the member passed on."""
    return row.envelope.get(PART, row.result) if is_joining() else row.result


@contextmanager
def joining(ids: Iterable[str]) -> Iterator[None]:
    """Read these members at once, and forget what they passed on at the end of the block."""
    rows = {str(row.pk): row for row in TaskExecution.objects.among(ids)}
    token = _members.set(rows)
    try:
        yield
        for row in rows.values():
            if row.envelope.pop(PART, None) is not None:
                row.save(update_fields=["envelope"])
    finally:
        _members.reset(token)
