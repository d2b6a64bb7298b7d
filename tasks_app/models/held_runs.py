"""Questions about executions that pauses hold."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Q, Subquery, When
from django.db.models.functions import Now

from tasks_app.models.pause import Held, Pause
from tasks_app.states import WAITING, Reason, Status

if TYPE_CHECKING:
    from tasks_app.models.execution import TaskExecution  # noqa: F401  (named in a string)


class _CountOf(Subquery):
    """How many rows a query has, as an expression."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


class HeldRuns(models.QuerySet["TaskExecution"]):
    """Mixed into the questions about executions."""

    def paused(self) -> Self:
        """Set aside by a pause."""
        return self.filter(status__in=WAITING, reason=Reason.PAUSED)

    def not_paused(self) -> Self:
        return self.exclude(reason=Reason.PAUSED)

    def to_be_held(self, held: Held) -> Self:
        """Waiting, due, covered by a pause, and not set aside yet."""
        due = self.filter(status__in=WAITING, run_at__lte=Now())
        return due.not_paused().covered_by(held)

    def covered_by(self, held: Held) -> Self:
        """Only those that these pauses hold."""
        return self if held.everything else self.filter(_covered(held))

    def not_covered_by(self, held: Held) -> Self:
        """Only those that none of these pauses holds."""
        if held.everything:
            return self.none()
        # NOT of a comparison with NULL would leave out runs without a task.
        of_tasks = Q(task=None) | ~Q(task_id__in=held.tasks)
        return self.exclude(queue__in=held.queues).filter(of_tasks)

    def count_covered(self, pauses: Sequence[Pause], most: int) -> dict[UUID, int]:
        """How many of these runs each pause holds, by its id, counted up to `most`. One
        statement, however many pauses."""
        counts = [
            When(pk=pause.pk, then=_CountOf(self.covered_by(pause.held).values("pk")[:most]))
            for pause in pauses
        ]
        rows: Any = Pause.objects.filter(pk__in=[pause.pk for pause in pauses])
        return dict(rows.values_list("pk", Case(*counts))) if counts else {}

    def in_order_from(self, moment: datetime | None) -> Self:
        """Only those due at that moment or later, the longest due first."""
        rows = self if moment is None else self.filter(run_at__gte=moment)
        return rows.order_by("run_at", "created_at")

    def ticks_by_schedule(self, schedules: Collection[int]) -> dict[int, int]:
        """How many ticks of each of these schedules wait, for whatever."""
        ticks = self.filter(status=Status.PENDING, schedule_id__in=schedules)
        return dict(ticks.order_by().values_list("schedule_id").annotate(count=Count("pk")))


def _covered(held: Held) -> Q:
    return Q(queue__in=held.queues) | Q(task_id__in=held.tasks)
