"""Counting the tasks that a user may see."""

from collections.abc import Collection

from tasks_app.models import Task
from tasks_app.models.task_counts import count_by_status
from tasks_app.services.actor import Actor
from tasks_app.states import Status


def count_tasks(
    actor: Actor, statuses: Collection[Status] = (), task_type: str = ""
) -> dict[Status, int]:
    """How many of the user's tasks are in each status; 0 for those that are not in `statuses`."""
    tasks = Task.objects.visible_to(actor.user)
    if task_type:
        tasks = tasks.of_type(task_type)
    counted = count_by_status(tasks, statuses)
    return {
        status: counted[status] if not statuses or status in statuses else 0 for status in Status
    }
