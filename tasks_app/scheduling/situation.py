"""What a batch of due timers must know of runs that live and of ticks put aside: few questions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.db.models.expressions import RawSQL

from tasks_app.models import Skip, TaskExecution
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.models.pause import Held
from tasks_app.models.unique_keys import UniqueKeys
from tasks_app.reporting import backlog
from tasks_app.scheduling.due import Due
from tasks_app.scheduling.held import look_at_pauses
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.routing import Route
from tasks_app.scheduling.unique_ticks import keys_of
from tasks_app.states import Overlap


@dataclass(frozen=True)
class Situation:
    """Ticks that persons skipped, tasks with a run under way, and how many runs wait for one.

    What is held, and by schedule how many ticks wait; by task the keys of runs that exclude each
    other; and whether an owner may have one more run that waits, which takes its place.
    """

    skipped: set[tuple[int, datetime]] = field(default_factory=set)
    occupied: set[UUID] = field(default_factory=set)
    buffered: dict[UUID, int] = field(default_factory=dict)
    held: Held = field(default_factory=Held)
    waiting: dict[int, int] = field(default_factory=dict)
    keys: dict[UUID, UniqueKeys] = field(default_factory=dict)
    admits: Callable[[int | None], bool] = lambda _: True
    # What rows of one batch that ask alike need not work out again.
    routes: dict[tuple[object, ...], Route] = field(default_factory=dict)
    _following: dict[tuple[str, datetime], datetime | None] = field(default_factory=dict)

    def following(self, spec: str, at: datetime) -> datetime | None:
        """The moment of the plan after `at`."""
        key = spec, at
        if key not in self._following:
            self._following[key] = Plan.read(spec).after(at)
        return self._following[key]


def look(rows: Sequence[Due]) -> Situation:
    """One question for skips and one for pauses; more only under a pause, and where a task minds an
    overlap or has runs that exclude each other."""
    minding = {row.task_id for row in rows if row.task_id and row.overlap != Overlap.ALLOW}
    moments = [row.planned_for for row in rows if row.planned_for]
    skips = Skip.objects.between(min(moments), rows[0].now) if moments else Skip.objects.none()
    skipped = set(skips.values_list("schedule_id", "scheduled_for"))
    held, waiting = look_at_pauses(rows)
    others: dict[str, Any] = {
        "held": held,
        "waiting": waiting,
        "keys": keys_of(rows),
        "admits": _admits,
    }
    if not minding:
        return Situation(skipped, **others)
    # One parameter: a thousand of them would cost the driver more than the question.
    ids = RawSQL(f"SELECT id FROM {json_rows({'id': 'uuid'}, 'task')}", [_ids(minding)])
    runs = TaskExecution.objects.filter(task_id__in=ids)
    occupied = set(runs.occupying().values_list("task_id", flat=True))
    buffered = runs.buffered().values_list("task_id").annotate(count=Count("pk"))
    return Situation(skipped, occupied, dict(buffered), **others)


def _admits(owner_id: int | None) -> bool:
    return backlog.admit(owner_id) is None


def _ids(tasks: Iterable[UUID]) -> str:
    return as_json([(task,) for task in tasks])
