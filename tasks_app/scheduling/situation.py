"""What a batch of due timers must know of runs that live and of ticks put aside: few questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.db.models.expressions import RawSQL

from tasks_app.models import Skip, TaskExecution
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.scheduling.due import Due
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.routing import Route
from tasks_app.states import Overlap


@dataclass(frozen=True)
class Situation:
    """Ticks that persons skipped, tasks with a run under way, and how many runs wait for one."""

    skipped: set[tuple[int, datetime]] = field(default_factory=set)
    occupied: set[UUID] = field(default_factory=set)
    buffered: dict[UUID, int] = field(default_factory=dict)
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
    """One question for skips, and two more where a task minds an overlap."""
    minding = {row.task_id for row in rows if row.task_id and row.overlap != Overlap.ALLOW}
    moments = [row.planned_for for row in rows if row.planned_for]
    skips = Skip.objects.between(min(moments), rows[0].now) if moments else Skip.objects.none()
    skipped = set(skips.values_list("schedule_id", "scheduled_for"))
    if not minding:
        return Situation(skipped)
    # One parameter: a thousand of them would cost the driver more than the question.
    ids = RawSQL(f"SELECT id FROM {json_rows({'id': 'uuid'}, 'task')}", [_ids(minding)])
    runs = TaskExecution.objects.filter(task_id__in=ids)
    occupied = set(runs.occupying().values_list("task_id", flat=True))
    waiting = runs.buffered().values_list("task_id").annotate(count=Count("pk"))
    return Situation(skipped, occupied, dict(waiting))


def _ids(tasks: Iterable[UUID]) -> str:
    return as_json([(task,) for task in tasks])
