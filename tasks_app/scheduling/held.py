"""What a tick does while its task, its queue or everything is paused."""

from collections.abc import Sequence

from tasks_app.models import Pause, TaskExecution
from tasks_app.models.pause import Held
from tasks_app.scheduling.catch_up import MOST
from tasks_app.scheduling.due import Due
from tasks_app.states import CatchUp

_MOST_WAITING = {CatchUp.LATEST: 1, CatchUp.ALL: MOST, CatchUp.SKIP: 0}


def most_waiting(due: Due) -> int:
    """How many ticks of a schedule wait for the end of a pause: as many as its catch-up runs."""
    return _MOST_WAITING[CatchUp(due.catch_up or CatchUp.LATEST)]


def look_at_pauses(rows: Sequence[Due]) -> tuple[Held, dict[int, int]]:
    """What is held, and by schedule how many ticks wait already, which is asked only under a pause.

    The queue of a schedule is known by its route only, so any of these may be held.
    """
    held = Pause.objects.in_force().held()
    if not held:
        return held, {}
    is_wide = held.everything or bool(held.queues)
    asked = {row.schedule_id for row in rows if is_wide or row.task_id in held.tasks}
    return held, TaskExecution.objects.ticks_by_schedule(asked) if asked else {}
