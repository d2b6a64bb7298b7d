"""Canaries: small runs for queues on which nothing else proves that their worker takes anything."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import blake2b

from django.db import IntegrityError, transaction

from tasks_app import lifecycle
from tasks_app.models import TaskExecution
from tasks_app.reporting.watching import not_held
from tasks_app.states import OnLost, Priority, Trigger

JOB = "tasks_app.jobs.canary.canary"


def call_canaries(queues: Collection[str]) -> None:
    """Submit a canary to each of these queues that is not paused, unless one is live there.

    A queue has one row at most, which the next canary replaces: `period_key` is unique for ever,
    so several beats agree, and the ledger does not fill. One that is not taken goes on waiting,
    so that the first message the worker takes again is known for what it is.
    """
    keys = {queue: _key(queue) for queue in queues}
    if not keys:
        return
    live = TaskExecution.objects.of_periods(keys.values()).live().periods()
    for queue in not_held(queue for queue, key in keys.items() if key not in live):
        # Another beat was faster.
        with suppress(IntegrityError):
            _call(queue, keys[queue])


def withdraw_canaries(queues: Iterable[str]) -> int:
    """Take back canaries that wait where nobody serves any more; return how many.

    They would be the only ones that miss a worker there.
    """
    keys = [_key(queue) for queue in queues]
    return _take_back(keys) if keys else 0


@transaction.atomic
def _call(queue: str, key: str) -> None:
    TaskExecution.objects.of_periods([key]).final().delete()
    canary = TaskExecution(
        celery_task_name=JOB,
        trigger=Trigger.SYSTEM,
        queue=queue,
        priority=Priority.CRITICAL,
        on_lost=OnLost.RETRY,
        time_limit=60,
        keep_log=False,
        period_key=key,
    )
    lifecycle.submit([canary])


@transaction.atomic
def _take_back(keys: list[str]) -> int:
    # Locked, so that none is taken before it is deleted.
    ids = TaskExecution.objects.of_periods(keys).waiting().locked_ids()
    return TaskExecution.objects.among(ids).delete()[0]


def _key(queue: str) -> str:
    """Of any name, however long."""
    return f"canary:{blake2b(queue.encode(), digest_size=16).hexdigest()}"
