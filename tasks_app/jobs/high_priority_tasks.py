"""Short jobs that should not wait behind long ones: give their tasks a high priority."""

import statistics
import time
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.db import connection

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job

MOST_ROUNDS = 1000


@shared_task(bind=True, idempotent=True)
def check_database(self: "Job", rounds: int = 5) -> dict[str, Any]:
    """Ask the database the smallest question some times and say how long an answer takes.

    The times are milliseconds, and the first includes what it takes to connect.
    Raises ValueError unless `rounds` is 1 to 1000.
    """
    if not 1 <= rounds <= MOST_ROUNDS:
        raise ValueError(f"Cannot ask {rounds} times: give a number from 1 to {MOST_ROUNDS}.")
    times = []
    for number in range(1, rounds + 1):
        self.raise_if_cancelled()
        times.append(_round_trip_milliseconds())
        self.update_progress(100 * number / rounds, f"answer {number} of {rounds}")
    return {
        "database": connection.vendor,
        "rounds": rounds,
        "first_ms": round(times[0], 3),
        "median_ms": round(statistics.median(times), 3),
        "slowest_ms": round(max(times), 3),
    }


def _round_trip_milliseconds() -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return (time.perf_counter() - began) * 1000
