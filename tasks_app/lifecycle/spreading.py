"""The retry budget: where many runs of a task wait for another try, they come due one by one."""

import random
from datetime import timedelta

from django.db.models.functions import Now

from tasks_app.models import TaskExecution
from tasks_app.models.retrying_runs import LONGEST_SPREAD, MOST_RETRYING, RETRIES_PER_SECOND


def spread(run: TaskExecution, delay: float) -> None:
    """Put off a run that has just been given `delay` seconds, if too many of its task wait."""
    waiting = TaskExecution.objects.retrying_like(run).count_up_to(MOST_RETRYING)
    later = spread_delay(waiting)
    if later > delay:
        row = TaskExecution.objects.waiting().filter(pk=run.pk)
        row.update(run_at=Now() + timedelta(seconds=later))


def spread_delay(waiting: int) -> float:
    """Seconds that a try waits at least where so many of its task wait for theirs."""
    if waiting <= RETRIES_PER_SECOND:
        return 0.0
    turn = waiting / RETRIES_PER_SECOND
    # Beyond what is counted nobody knows their turn: the rest of the hour is drawn by lot.
    latest = LONGEST_SPREAD if waiting >= MOST_RETRYING else min(turn * 1.1, LONGEST_SPREAD)
    return turn + (latest - turn) * random.random()  # noqa: S311
