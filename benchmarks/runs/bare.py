"""Celery alone: no result, no database."""

import os

from celery import Celery

from benchmarks.runs import jobs

# Without fixups: Celery would set up the Django of whoever measures.
app = Celery("bare", broker=os.environ["CELERY_BROKER_URL"], fixups=set())
app.conf.update(task_ignore_result=True, task_default_queue="default")


def fill(count: int) -> None:
    """Put so many messages of the empty job into the queue."""
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(count):
            jobs.noop.apply_async(producer=producer)


def call(job: str) -> None:
    """Submit one run."""
    getattr(jobs, job).delay()
