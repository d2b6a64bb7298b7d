"""What `cancel_other` does before its tick takes its place in the line."""

from collections.abc import Iterable, Sequence

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Tick
from tasks_app.models import Event, TaskExecution
from tasks_app.models.pause import Held
from tasks_app.scheduling.due import Due
from tasks_app.states import Overlap, Reason, Trigger


def clear_the_way(rows: Iterable[tuple[Due, Sequence[Tick]]], held: Held) -> None:
    """Cancel the live runs of tasks whose new run waits for just that, and note why.

    What could not start for a pause cancels nothing: it waits for the run's own end. Nor does what
    that run, live until its worker obeys, would exclude.
    """
    tasks = [
        due.task_id
        for due, ticks in rows
        if due.task_id
        and due.overlap == Overlap.CANCEL_OTHER
        and any(tick.reason == Reason.BUFFERED and not tick.unique_key for tick in ticks)
        and not held.covers(ticks[-1].queue, due.task_id)
    ]
    if not tasks:
        return
    runs = TaskExecution.objects.filter(task_id__in=tasks)
    ids = list(runs.in_the_way().values_list("pk", flat=True))
    lifecycle.cancel(ids, Canceller(None))
    Event.objects.bulk_create(
        Event(
            door=Trigger.SCHEDULE,
            verb="cancel",
            subject="execution",
            subject_id=pk,
            reason="The next tick of its task came, which cancels the run before.",
        )
        for pk in ids
    )
