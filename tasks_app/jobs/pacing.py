"""Waiting that can be watched and cancelled, for the few jobs that may sleep."""

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job

STEP_SECONDS = 0.2


def wait(job: "Job", seconds: float, message: str, start: float = 0, end: float = 100) -> None:
    """Wait `seconds` in short steps while the progress moves from `start` to `end` percent.

    Each step looks for a cancel request, so a wait of any length ends soon after one.
    Raises ValueError for a length that is no number of seconds from 0 up.
    """
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"Cannot wait {seconds} seconds: give a number from 0 up.")
    for waited in _steps(seconds):
        share = waited / seconds if seconds else 1
        job.update_progress(start + (end - start) * share, message)
        job.raise_if_cancelled()


def _steps(seconds: float) -> Iterator[float]:
    """The seconds waited so far, from 0 to exactly `seconds`, each a step later than the last."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < seconds:
        yield waited
        time.sleep(min(STEP_SECONDS, seconds - waited))
    yield seconds
