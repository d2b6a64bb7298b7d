"""How long a schedule that is due at once waits for the beat to see it."""

import time
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django_celery_beat.models import ClockedSchedule, PeriodicTask

from benchmarks.queues import Queues
from benchmarks.schedules.beats import running_beats
from benchmarks.schedules.contender import contender
from benchmarks.schedules.tables import JOB

TRIES, PATIENCE, NAME = 5, 120.0, "at once "


def measure_wake(name: str) -> dict[str, Any]:
    """Seconds from the commit of a new schedule to its message: the median and the most."""
    queues = Queues()
    queues.empty()
    with running_beats(contender(name), 1):
        waits = [_wait(queues, number) for number in range(TRIES)]
    # The stock scheduler forgets that it fired some of them, and a later one would fire them again.
    PeriodicTask.objects.filter(name__startswith=NAME).delete()
    return {"wake_s": median(waits), "wake_max_s": max(waits)}


def _wait(queues: Queues, number: int) -> float:
    # Not in step with the beat's own rhythm.
    time.sleep(0.37 * (number + 1))
    before = queues.count()
    moment = ClockedSchedule.objects.create(clocked_time=datetime.now(UTC))
    PeriodicTask.objects.create(
        name=f"{NAME}{number}", task=JOB, clocked=moment, one_off=True, enabled=True
    )
    began = time.time()
    last = queues.watch(before + 1, began + PATIENCE, pause=0.002)[-1]
    if last.messages == before:
        raise TimeoutError(f"No message within {PATIENCE:g} s of a schedule's commit.")
    return last.at - began
