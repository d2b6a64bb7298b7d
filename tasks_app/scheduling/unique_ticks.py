"""Ticks of tasks whose runs exclude each other: the database decides, as for every other run."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from tasks_app import lifecycle
from tasks_app.lifecycle import Tick
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.models.unique_keys import UniqueKeys, unique_keys_of
from tasks_app.scheduling.due import Due
from tasks_app.states import Trigger, UniqueRuns


def keys_of(rows: Sequence[Due]) -> dict[UUID, UniqueKeys]:
    """By task the keys of its runs now; one question, if any task of the batch asks for it."""
    excluding = {row.task_id: row.now for row in rows if row.task_id and row.unique_runs}
    if not excluding:
        return {}
    columns = ("celery_task_name", "args", "kwargs", "unique_runs", "unique_keys", "unique_for")
    tasks = Task.objects.filter(pk__in=excluding).only(*columns)
    return {
        task.pk: unique_keys_of(task, task.args, task.kwargs, excluding[task.pk]) for task in tasks
    }


def only_the_last_replaces(due: Due, ticks: list[Tick]) -> list[Tick]:
    """Of several that come at once each would take the place of the one before."""
    runs = [tick for tick in ticks if tick.is_run]
    if due.unique_runs != UniqueRuns.REPLACE or len(runs) < 2:  # noqa: PLR2004
        return ticks
    return [tick if tick == runs[-1] or not tick.is_run else tick.excluded() for tick in ticks]


def without(ticks: Sequence[Tick], excluded: Collection[UUID]) -> list[Tick]:
    """The ticks as their rows are, now that it is known which of them other runs exclude."""
    return [tick.excluded() if tick.id in excluded else tick for tick in ticks]


def take_places(rows: Iterable[tuple[Due, Sequence[Tick]]]) -> None:
    """End the runs that wait and whose place a tick takes, and note why; and let ticks have the
    periods of runs that never began."""
    for due, ticks in rows:
        for tick in ticks:
            if tick.unique_key and due.unique_runs == UniqueRuns.REPLACE:
                _supersede(tick)
            if tick.period_key:
                lifecycle.free_period(tick.period_key)


def _supersede(tick: Tick) -> None:
    alike = TaskExecution.objects.replaceable(tick.unique_key, tick.period_key)
    Event.objects.bulk_create(
        Event(
            door=Trigger.SCHEDULE,
            verb="supersede",
            subject="execution",
            subject_id=pk,
            after={"execution": str(tick.id)},
            reason="The next tick of its task came, which takes its place.",
        )
        for pk in lifecycle.supersede(list(alike.values_list("pk", flat=True)))
    )
