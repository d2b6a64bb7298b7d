"""What the workers run while they are hurt. Each body says on disk when it begins and ends.

`mark` is the client's own word for its submission: it stands in the row and in the effects.
"""

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from celery import chain, chord, shared_task

from tasks_app.tests.faults.histories import History

# The environment says where effects are told.
EFFECTS = "FAULTS_EFFECTS"
PATH = "tasks_app.tests.faults.jobs"
PIECE = 0.1


@cache
def _effects() -> History:
    return History(Path(os.environ[EFFECTS]))


def _told(job: Any, what: str, mark: str) -> None:
    _effects().note(
        what,
        execution=str(job.execution_id),
        attempt=job.attempt,
        pid=os.getpid(),
        job=job.name.rpartition(".")[2],
        mark=mark,
    )


def _run(job: Any, mark: str, seconds: float = 0, *, listens: bool = True) -> dict[str, Any]:
    """Begin, take that long, and end with what the checker compares."""
    _told(job, "begin", mark)
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, PIECE))
        if listens:
            job.raise_if_cancelled()
    _told(job, "end", mark)
    return {"attempt": job.attempt, "mark": mark}


@shared_task(bind=True, idempotent=True)
def short(self: Any, mark: str) -> dict[str, Any]:
    """At once; may be repeated."""
    return _run(self, mark)


@shared_task(bind=True)
def once(self: Any, mark: str, seconds: float = 0) -> dict[str, Any]:
    """May never be repeated."""
    return _run(self, mark, seconds)


@shared_task(bind=True, idempotent=True)
def long(self: Any, mark: str, seconds: float) -> dict[str, Any]:
    """Takes seconds, and stops when it is asked to."""
    return _run(self, mark, seconds)


@shared_task(bind=True, idempotent=True)
def deaf(self: Any, mark: str, seconds: float) -> dict[str, Any]:
    """Takes seconds, and never asks whether it should stop."""
    return _run(self, mark, seconds, listens=False)


@shared_task(bind=True, idempotent=True)
def flaky(self: Any, mark: str, failures: int) -> dict[str, Any]:
    """Fails so many times, then succeeds."""
    _told(self, "begin", mark)
    if self.request.retries < failures:
        raise ConnectionError(f"attempt {self.attempt} failed")
    _told(self, "end", mark)
    return {"attempt": self.attempt, "mark": mark}


@shared_task(bind=True, idempotent=True)
def deadly(self: Any, mark: str) -> None:
    """Kills the process that runs it."""
    _told(self, "begin", mark)
    os.kill(os.getpid(), 9)


@shared_task(bind=True, idempotent=True)
def in_line(self: Any, mark: str, steps: int) -> dict[str, Any]:
    """Submits a chain, and says which run is its last."""
    _told(self, "begin", mark)
    last = chain(*(member.si(mark) for _ in range(steps))).apply_async()
    _told(self, "end", mark)
    return {"attempt": self.attempt, "mark": mark, "follows": last.id}


@shared_task(bind=True, idempotent=True)
def together(self: Any, mark: str, steps: int) -> dict[str, Any]:
    """Submits a chord, and says which run is its body."""
    _told(self, "begin", mark)
    body = chord([member.si(mark) for _ in range(steps)], member.si(mark)).apply_async()
    _told(self, "end", mark)
    return {"attempt": self.attempt, "mark": mark, "follows": body.id}


@shared_task(bind=True, idempotent=True)
def member(self: Any, mark: str) -> dict[str, Any]:
    """A part of a canvas."""
    return _run(self, mark)
