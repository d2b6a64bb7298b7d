"""Runs a second: a worker meets a full queue and empties it."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.machine import database_cpu_seconds
from benchmarks.queues import Queues
from benchmarks.runs.contenders import CONTENDERS
from benchmarks.runs.workers import Worker, running_worker

# The clock runs from here to there: after the start, and while both children are busy.
FIRST, LAST = 0.1, 0.9
PATIENCE, PAUSE = 120.0, 0.02


class Sample(NamedTuple):
    """At a moment so many messages waited; what each part had used by then, in seconds."""

    at: float
    waiting: int
    parent: float
    children: float
    database: float
    broker: float


def measure(name: str, count: int) -> dict[str, Any]:
    """Runs a second, and CPU microseconds a run of each part."""
    contender, queues = CONTENDERS[name], Queues()
    queues.client.flushall()
    contender.module.fill(count)
    analyze()
    with running_worker(contender) as worker:
        first = _sample_at(queues, worker, count * (1 - FIRST))
        last = _sample_at(queues, worker, count * (1 - LAST))
        if succeeded := getattr(contender.module, "succeeded", None):
            wait_until(lambda: succeeded() == count, f"{count} runs to be known as ended")
    return figures(first, last)


def figures(first: Sample, last: Sample) -> dict[str, float]:
    """What happened between two samples, for each run that left the queue."""
    runs = first.waiting - last.waiting
    parts = {
        f"{part}_cpu_us": (getattr(last, part) - getattr(first, part)) / runs * 1e6
        for part in ("parent", "children", "database", "broker")
    }
    worker = parts["parent_cpu_us"] + parts["children_cpu_us"]
    return {"rate": runs / (last.at - first.at), "worker_cpu_us": worker, **parts}


def analyze() -> None:
    """Let PostgreSQL know its tables: autovacuum would do so within a minute."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def wait_until(is_so: Callable[[], bool], words: str) -> None:
    """Return once it is so. Raises TimeoutError with the words."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {PATIENCE:g} s for {words}.")
        time.sleep(PAUSE)


def _sample_at(queues: Queues, worker: Worker, waiting: float) -> Sample:
    wait_until(lambda: queues.count() <= waiting, f"no more than {waiting:g} messages")
    used = (*worker.cpu_seconds(), database_cpu_seconds(), queues.cpu_seconds())
    return Sample(time.monotonic(), queues.count(), *used)
