"""Tasks that keep failing are disabled, as they asked for; people and programs still run them."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask

from tasks_app.models import Event, Task, TaskExecution, Timer
from tasks_app.states import Status, Trigger

# The last failure is looked at within a second; so long a beat may be down without missing it.
LATELY = timedelta(hours=1)


def disable_failing() -> int:
    """Disable the enabled tasks that failed as often in a row as they allow; return how many.

    Only runs made since the task was last edited count, so enabling it again starts from nothing.
    """
    return sum(map(_disable, Task.objects.watched_for_failures().failed_within(LATELY)))


@transaction.atomic
def _disable(task: Task) -> bool:
    """Whoever edits the schedule at this moment is not waited for: the next look comes soon."""
    row = PeriodicTask.objects.select_for_update(no_key=True, skip_locked=True)
    timer = Timer.objects.select_for_update(skip_locked=True)
    if not (list(row.filter(pk=task.schedule_id)) and list(timer.filter(pk=task.schedule_id))):
        return False
    runs = TaskExecution.objects.of_task(task.pk).not_skipped().final().newest_first()
    last = list(runs.made_since(task.updated_at)[: task.disable_after_failures])
    failed = len(last) == task.disable_after_failures and all(
        run.status == Status.FAILURE for run in last
    )
    as_it_was = Task.objects.filter(pk=task.pk, enabled=True, version=task.version)
    disabled = failed and as_it_was.update(
        enabled=False,
        version=task.version + 1,
        updated_at=Now(),
        agreed=None if task.agreed is None else {**task.agreed, "enabled": False},
    )
    if not disabled:
        return False
    PeriodicTask.objects.filter(pk=task.schedule_id).update(enabled=False)
    Event.objects.create(
        door=Trigger.SYSTEM,
        user_name="system",
        verb="update",
        subject="task",
        subject_id=task.pk,
        before={"enabled": True},
        after={"enabled": False},
        reason=f"{len(last)} failures in a row; the last: {last[0].error[:200]}",
    )
    return True
