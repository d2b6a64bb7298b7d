"""What the members of a chord pass to its body.

The ledger redacts results before it stores them, and drops those of jobs that ignore theirs. The
body needs them as they were, so they stay in the envelope until it is submitted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tasks_app.models import TaskExecution

PART = "part"
_read: ContextVar[list[TaskExecution] | None] = ContextVar("read", default=None)


def keep_part(row: TaskExecution, value: Any) -> None:
    """Keep what a member passes on, where its stored result is something else."""
    if value != row.result:
        row.envelope[PART] = value
        row.save(update_fields=["envelope"])


def is_joining() -> bool:
    """Whether results are read for the body of a chord."""
    return _read.get() is not None


def part_of(row: TaskExecution) -> Any:
    """The result of a success; for the body of a chord, what the member passed on."""
    read = _read.get()
    if read is None or PART not in row.envelope:
        return row.result
    read.append(row)
    return row.envelope[PART]


@contextmanager
def joining() -> Iterator[None]:
    """Read what members passed on in the block, and forget it at its end."""
    token = _read.set([])
    try:
        yield
        for row in _read.get() or ():
            del row.envelope[PART]
            row.save(update_fields=["envelope"])
    finally:
        _read.reset(token)
