"""The relay: rings for rows whose doorbell never rang, failed, or went missing in the broker."""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from tasks_app import broker, lifecycle
from tasks_app.maintenance.epoch import Epoch
from tasks_app.models import Counter, TaskExecution, Worker
from tasks_app.models.execution_queries import TaskExecutionQuerySet
from tasks_app.models.waiting_queues import overdue_queues

BATCH = 500
# A message that was pushed this long ago is in its queue or in a worker's hands.
GRACE = timedelta(seconds=2)
# Counting a deep queue takes its time. What took more than so many seconds rests so many times as
# long before it is done again.
QUICK, SHARE = 0.1, 20


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
        self._epoch = Epoch()
        self._short: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}

    def ring_again(self) -> int:
        """Ring for all that waited when the broker was wiped; return how many doorbells went out.

        Raises what the transport raises.
        """
        return self._epoch.ring_again()

    def ring_missing(self) -> int:
        """Ring again for as many of the oldest waiting rows as a queue is short of, twice in a row.

        By count and never by age: rows that wait behind a deep queue have their message already.
        What workers hold is not missing. A doorbell too many is dropped by the claim.
        """
        queues = [] if self._epoch.is_ringing else list(overdue_queues(GRACE))
        self._short = {queue: self._short.get(queue, 0) for queue in queues}
        now = time.monotonic()
        counted = [queue for queue in queues if self._rests_until.get(queue, now) <= now]
        lengths = broker.lengths(counted) if counted else {}
        return sum(self._ring_missing_of(queue, length) for queue, length in lengths.items())

    def _ring_missing_of(self, queue: str, length: int) -> int:
        began = time.monotonic()
        short = _shortage(queue, length)
        self._rest(queue, time.monotonic() - began)
        certain = min(short, self._short[queue])
        self._short[queue] = short - certain
        rung = lifecycle.ring(_take_missing(queue, certain)) if certain else 0
        Counter.objects.add("republished", rung)
        return rung

    def _rest(self, queue: str, took: float) -> None:
        if took > QUICK:
            self._rests_until[queue] = time.monotonic() + SHARE * took


def _shortage(queue: str, length: int) -> int:
    """How many waiting rows have neither a message nor a worker that holds it, up to a batch."""
    waiting = _in_no_hands(TaskExecution.objects.sent_before(GRACE), queue)
    return max(waiting.count_up_to(length + BATCH) - length, 0)


@transaction.atomic
def _take_missing(queue: str, count: int) -> Sequence[TaskExecution]:
    """Of the oldest so many. Those that another relay has just rung for are among these, or two
    would ring for twice as many."""
    oldest = _in_no_hands(TaskExecution.objects.sent(), queue).first_due(count)
    rows = TaskExecution.objects.sent_before(GRACE).among(oldest)
    taken = list(rows.for_ringing().take(count))
    lifecycle.mark_sent(taken)
    return taken


def _in_no_hands(rows: TaskExecutionQuerySet, queue: str) -> TaskExecutionQuerySet:
    return rows.on_queue(queue).exclude(pk__in=Worker.objects.held_ids())
