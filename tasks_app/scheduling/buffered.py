"""Runs that wait for an earlier run of their task: the next starts when nothing is before it."""

from tasks_app import lifecycle
from tasks_app.models import TaskExecution

BATCH = 200


def start_next_in_line() -> int:
    """Let the oldest waiting run of each free task start; return how many.

    A run whose worker died is in the way only until its lease is decided, so no crash blocks a
    line for ever.
    """
    # Asked four times a second: whether anything waits at all costs a fifth of what is next.
    if not TaskExecution.objects.buffered().exists():
        return 0
    ids = list(TaskExecution.objects.next_in_line().values_list("pk", flat=True)[:BATCH])
    return lifecycle.release(ids) if ids else 0
