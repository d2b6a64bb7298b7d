"""The relay: rings for rows whose doorbell never rang, failed, or went missing in the broker."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from tasks_app import broker, lifecycle
from tasks_app.models import TaskExecution, Worker
from tasks_app.models.execution_queries import TaskExecutionQuerySet

BATCH = 500
# A message that was pushed this long ago is in its queue or in a worker's hands.
GRACE = timedelta(seconds=2)


def ring_unsent() -> int:
    """Ring for what is due and unsent, at most one batch; return how many doorbells went out.

    Raises what the transport raises while the broker is away: then no row is touched.
    """
    if not TaskExecution.objects.unsent().exists():
        return 0
    broker.check()
    return lifecycle.ring(_take_unsent())


@transaction.atomic
def _take_unsent() -> Sequence[TaskExecution]:
    rows = list(TaskExecution.objects.unsent().for_ringing().take(BATCH))
    if rows:
        lifecycle.mark_sent(rows)
    return rows


class Relay:
    """Looks for messages that went missing, and remembers what it saw the last time."""

    def __init__(self) -> None:
        self._short: dict[str, int] = {}

    def ring_missing(self) -> int:
        """Ring again for as many of the oldest waiting rows as a queue is short of, twice in a row.

        By count and never by age: rows that wait behind a deep queue have their message already.
        What workers hold is not missing. A doorbell too many is dropped by the claim.
        """
        missing = _shortages()
        certain = {queue: min(short, self._short.get(queue, 0)) for queue, short in missing.items()}
        self._short = {queue: missing[queue] - certain[queue] for queue in missing}
        return sum(lifecycle.ring(_take_missing(queue, n)) for queue, n in certain.items() if n)


def _shortages() -> dict[str, int]:
    """Per queue, how many waiting rows have neither a message there nor a worker that holds it."""
    waiting = _sent_and_unheld()
    lengths = broker.lengths(waiting.queues())
    return {
        queue: short
        for queue, length in lengths.items()
        if (short := waiting.on_queue(queue).count_up_to(length + BATCH) - length) > 0
    }


@transaction.atomic
def _take_missing(queue: str, count: int) -> Sequence[TaskExecution]:
    rows = list(_sent_and_unheld().on_queue(queue).for_ringing().take(count))
    lifecycle.mark_sent(rows)
    return rows


def _sent_and_unheld() -> TaskExecutionQuerySet:
    return TaskExecution.objects.sent_before(GRACE).exclude(pk__in=Worker.objects.held_ids())
