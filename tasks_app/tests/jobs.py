"""Jobs that behave badly or in ways that are easy to see, for tests with real workers."""

import os
import random
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import shared_task
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded
from django.db import connection, transaction

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller
from tasks_app.runtime.running import PACE

# The file that lets `until_told` end.
ENOUGH = "enough"


def _note(folder: str, line: str) -> None:
    """Leave a trace outside the database, on disk before the job goes on."""
    with (Path(folder) / "effects").open("a") as effects:
        effects.write(line + "\n")
        effects.flush()
        os.fsync(effects.fileno())


@shared_task(bind=True, idempotent=True)
def repeatable(self: Any, folder: str, seconds: float) -> int:
    """Run for a while; a run of it may be repeated."""
    _note(folder, f"{self.execution_id} {self.attempt}")
    _linger(self, seconds)
    return int(self.attempt)


@shared_task(bind=True)
def once_only(self: Any, folder: str, seconds: float) -> int:
    """Run for a while; nobody may repeat it."""
    _note(folder, f"{self.execution_id} {self.attempt}")
    _linger(self, seconds)
    return int(self.attempt)


def _linger(job: Any, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.02)
        job.raise_if_cancelled()


@shared_task(bind=True)
def deaf(self: Any, seconds: float) -> None:
    """Never look whether somebody asks it to stop."""
    time.sleep(seconds)


@shared_task
def until_told(folder: str) -> None:
    """Go on until the test has seen what it wants to see meanwhile."""
    while not (Path(folder) / ENOUGH).exists():
        time.sleep(PACE)


@shared_task
def busy_in_c(seconds: float) -> None:
    """Hold the interpreter: no thread of this process runs meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(30_000_000))


@shared_task
def explode(message: str = "out of powder") -> None:
    """Raise an error."""
    raise ValueError(message)


@shared_task(bind=True, max_retries=2, default_retry_delay=0)
def third_time_lucky(self: Any) -> int:
    """Ask for another try twice."""
    if self.request.retries < 2:
        raise self.retry(exc=ValueError(f"try {self.attempt}"))
    return int(self.attempt)


@shared_task(autoretry_for=(OSError,), retry_backoff=False, default_retry_delay=0, max_retries=1)
def always_offline() -> None:
    """Fail with an error that Celery itself is told to retry once."""
    raise OSError("no route")


@shared_task
def flaky(folder: str) -> str:
    """Fail the first time, without a word about retries."""
    path = Path(folder) / "tried"
    if not path.exists():
        path.touch()
        raise ConnectionError("first time")
    return "second time"


@shared_task(bind=True, idempotent=True)
def deadly(self: Any) -> None:
    """Kill the process that runs it."""
    os.kill(os.getpid(), 9)


@shared_task
def leave() -> None:
    """Call sys.exit, which may not end a worker."""
    sys.exit(3)


@shared_task
def ignore() -> None:
    """Ask to be ignored."""
    raise Ignore


@shared_task
def reject() -> None:
    """Reject the message."""
    raise Reject("unusable")


@shared_task
def unkeepable(kind: str) -> Any:
    """Return what cannot be kept."""
    return {"object": object(), "nan": float("nan"), "nul": "a\0b", "half": "\ud800"}[kind]


@shared_task(bind=True)
def tell(self: Any, task_id: str | None = None) -> dict[str, Any]:
    """Return what the job was given to know."""
    self.update_progress(40, "nearly", step=2)
    return {
        "task_id": task_id,
        "execution_id": str(self.execution_id),
        "attempt": self.attempt,
        "retries": self.request.retries,
        "random": random.random(),
    }


@shared_task
def count_to(number: int) -> list[int]:
    """Count."""
    return list(range(1, number + 1))


@shared_task
def year_of(day: datetime) -> int:
    """Tell the year."""
    return day.year


@shared_task(bind=True)
def say_progress(self: Any, text: str) -> None:
    """Tell progress that may be no number."""
    self.update_progress(float(text))


@shared_task(bind=True)
def report_in_a_transaction(self: Any) -> str:
    """Tell progress in a long transaction, while somebody else cancels the run."""
    with transaction.atomic():
        time.sleep(PACE)
        self.update_progress(50)
        self.is_cancelled()
        # Asked from another connection, which waits for a lock if this one holds it.
        return "cancelled at once" if _is_cancelled_elsewhere(self.execution_id) else "blocked"


def _is_cancelled_elsewhere(execution_id: Any) -> bool:
    answers: list[int] = []

    def cancel() -> None:
        answers.append(lifecycle.cancel([execution_id], Canceller(None)))
        connection.close()

    other = threading.Thread(target=cancel, daemon=True)
    other.start()
    other.join(timeout=3)
    return answers == [1]


@shared_task(bind=True)
def overtake_myself(self: Any) -> str:
    """Finish although the run was declared lost meanwhile."""
    running = self.request.running
    lifecycle.lose(running.claim)
    return "too late"


@shared_task(bind=True)
def cancel_myself(self: Any) -> str:
    """Be asked to stop, and look."""
    lifecycle.cancel([self.execution_id], Canceller(None))
    time.sleep(PACE)
    self.raise_if_cancelled()
    return "never"


@shared_task(bind=True)
def tell_headers(self: Any, *_: object) -> dict[str, Any]:
    """Return the headers that the message or the schedule's row added."""
    assert self.request.tenant == self.request.headers["tenant"]
    return {name: self.request.headers[name] for name in ("tenant", "periodic_task_name")}


@shared_task
def take_anything(*args: Any, **kwargs: Any) -> list[Any]:
    """Take whatever a schedule gives."""
    return [list(args), kwargs]


@shared_task(bind=True, idempotent=True, max_retries=9, default_retry_delay=0)
def climb(self: Any, top: int, falls: list[int]) -> dict[str, Any]:
    """Save each step; fall at some, and go on from there in the next attempt."""
    began_at = (self.checkpoint or {"step": 0})["step"]
    for step in range(began_at + 1, top + 1):
        self.checkpoint = {"step": step}
        if step in falls:
            raise self.retry()
    return {"began_at": began_at, "saved": self.checkpoint}


@shared_task(bind=True)
def save_at_the_limit(self: Any, seconds: float) -> str:
    """Be cut off in a query, save all the same, and stop."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [seconds])
    except SoftTimeLimitExceeded:
        self.checkpoint = {"saved": "at the limit"}
        raise
    return "never"
