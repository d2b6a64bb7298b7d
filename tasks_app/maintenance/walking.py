"""Walking over all that waits, in batches: each row is read once, however many there are."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from tasks_app.models.execution_queries import TaskExecutionQuerySet

BATCH = 500
# Ids that are read at once. Many rows may share one moment, and each piece reads that moment anew.
PIECE = 20_000
# Seconds. Other sweeps of the thread wait meanwhile.
TURN = 1.0
# SQLite keeps milliseconds and compares them as text.
FINEST = timedelta(milliseconds=1)

Batches = Iterator[list[UUID]]


def in_turn(rows: TaskExecutionQuerySet) -> Batches:
    """Ids in batches: of each queue the oldest first, the queues in turn.

    For rows that no longer fit the query once their batch was seen to: a row that was passed over
    may come again.
    """
    lines = deque(_line(rows.on_queue(queue)) for queue in sorted(rows.queues()))
    while lines:
        line = lines.popleft()
        if batch := next(line, None):
            lines.append(line)
            yield batch


def _line(rows: TaskExecutionQuerySet) -> Batches:
    further = rows
    before: list[tuple[UUID, datetime]] = []
    # The same once more are rows that cannot be seen to.
    while (piece := _piece(further)) != before and piece:
        for start in range(0, len(piece), BATCH):
            yield [pk for pk, _ in piece[start : start + BATCH]]
        before, further = piece, rows.due_since(piece[-1][1] - FINEST)


def _piece(rows: TaskExecutionQuerySet) -> list[tuple[UUID, datetime]]:
    found = rows.order_by("run_at").values_list("pk", "run_at")[:PIECE]
    return [(pk, run_at) for pk, run_at in found if run_at]


def go_on(batches: Batches, act: Callable[[list[UUID]], bool]) -> bool:
    """Act on one batch after the other for a turn, or until it returns False; whether none is left.

    After an error the walk must begin anew.
    """
    deadline = time.monotonic() + TURN
    return all(act(batch) and time.monotonic() < deadline for batch in batches)
