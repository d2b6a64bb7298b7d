"""The same jobs for plain Celery, which knows no attempts: a retry has a number, a second delivery
looks like the first."""

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from celery import shared_task

from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.jobs import EFFECTS


@cache
def _effects() -> History:
    return History(Path(os.environ[EFFECTS]))


def _told(job: Any, what: str, mark: str) -> None:
    request = job.request
    _effects().note(what, execution=request.id, attempt=request.retries, pid=os.getpid(), mark=mark)


@shared_task(bind=True)
def work(self: Any, mark: str, seconds: float = 0) -> None:
    """Begin, take that long, and end."""
    _told(self, "begin", mark)
    time.sleep(seconds)
    _told(self, "end", mark)


@shared_task(
    bind=True, autoretry_for=(ConnectionError,), max_retries=3, retry_backoff=1, retry_backoff_max=1
)
def flaky(self: Any, mark: str, failures: int) -> None:
    """Fails so many times, then ends."""
    _told(self, "begin", mark)
    if self.request.retries < failures:
        raise ConnectionError(f"try {self.request.retries} failed")
    _told(self, "end", mark)
