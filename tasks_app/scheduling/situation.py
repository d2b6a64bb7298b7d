"""What a batch of due timers must know of runs that live and of ticks put aside: few questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from tasks_app.models import Skip, TaskExecution
from tasks_app.scheduling.due import Due
from tasks_app.states import Overlap


@dataclass(frozen=True)
class Situation:
    """Ticks that persons skipped, tasks with a run under way, and how many runs wait for one."""

    skipped: set[tuple[int, datetime]] = field(default_factory=set)
    occupied: set[UUID] = field(default_factory=set)
    buffered: dict[UUID, int] = field(default_factory=dict)


def look(rows: Sequence[Due]) -> Situation:
    """One question for skips, and two more where a task minds an overlap."""
    minding = {row.task_id for row in rows if row.task_id and row.overlap != Overlap.ALLOW}
    skips = Skip.objects.filter(schedule_id__in=[row.schedule_id for row in rows])
    skipped = set(skips.values_list("schedule_id", "scheduled_for"))
    if not minding:
        return Situation(skipped)
    runs = TaskExecution.objects.filter(task_id__in=minding)
    occupied = set(runs.occupying().values_list("task_id", flat=True))
    waiting = runs.buffered().values_list("task_id").annotate(count=Count("pk"))
    return Situation(skipped, occupied, dict(waiting))
