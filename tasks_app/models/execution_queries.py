"""Questions about executions, named after states and needs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Now

from tasks_app.models.held_runs import HeldRuns
from tasks_app.models.old_runs import OldRuns
from tasks_app.models.overdue_runs import OverdueRuns
from tasks_app.models.retrying_runs import RetryingRuns
from tasks_app.models.runs_ahead import RunsAhead
from tasks_app.states import FINAL, LIVE, WAITING, Reason, Status, Trigger

if TYPE_CHECKING:
    from tasks_app.models.execution import TaskExecution


DOCUMENTS = ("args", "kwargs", "result", "traceback", "exception", "checkpoint", "envelope")
# What a message tells of the canvas that a run is part of.
CANVAS_IDS = ("root_id", "parent_id", "group_id")


class TaskExecutionQuerySet(  # type: ignore[override]  # each mixin has its own as_manager()
    HeldRuns, OldRuns, RetryingRuns, OverdueRuns, RunsAhead, models.QuerySet["TaskExecution"]
):
    """Callers ask these; they do not spell filters."""

    def visible_to(self, user: Any) -> Self:
        """A superuser sees all, anybody else their own."""
        return self if user.is_superuser else self.filter(owner_id=user.pk)

    def newest_first(self) -> Self:
        """By the database's clock; an id's order is that of its maker's clock."""
        return self.order_by("-created_at", "-id")

    def with_stamps(self) -> list[tuple[UUID, dict[str, Any]]]:
        """Ids and stamps of those that were stamped."""
        stamped = self.filter(envelope__has_key="stamps")
        return list(stamped.values_list("pk", "envelope__stamps"))

    def oldest_first(self) -> Self:
        return self.order_by("created_at", "id")

    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def waiting(self) -> Self:
        return self.filter(status__in=WAITING)

    def running(self) -> Self:
        return self.filter(status=Status.STARTED)

    def final(self) -> Self:
        return self.filter(status__in=FINAL)

    def not_skipped(self) -> Self:
        return self.exclude(status=Status.SKIPPED)

    def in_status(self, *statuses: Status) -> Self:
        return self.filter(status__in=statuses)

    def of_task(self, task_id: UUID) -> Self:
        return self.filter(task_id=task_id)

    def caused_by(self, trigger: Trigger) -> Self:
        return self.filter(trigger=trigger)

    def failed_within(self, span: timedelta) -> Self:
        return self.filter(status=Status.FAILURE, finished_at__gt=Now() - span)

    def made_since(self, moment: datetime) -> Self:
        return self.filter(created_at__gte=moment)

    def ended_with(self, status: Status, reason: str) -> Self:
        return self.filter(status=status, reason=reason)

    def due(self) -> Self:
        """Waiting, and their time has come."""
        return self.waiting().filter(run_at__lte=Now())

    def buffered(self) -> Self:
        """Waiting for an earlier run of their task to end."""
        return self.filter(status=Status.PENDING, reason=Reason.BUFFERED)

    def occupying(self) -> Self:
        """Live, and not merely put off to a later time: what a tick would overlap with.

        A tick that waits for its own jitter is under way.
        """
        later = Q(run_at__gt=Now()) & ~Q(trigger=Trigger.SCHEDULE)
        put_off = Q(status=Status.PENDING) & (Q(run_at=None) | later)
        return self.live().exclude(put_off)

    def in_the_way(self) -> Self:
        """What occupies their task, and what waits for that."""
        return self.filter(Q(pk__in=self.occupying()) | Q(pk__in=self.buffered()))

    def next_in_line(self) -> Self:
        """The oldest buffered run of each task that nothing occupies."""
        same = self.model._default_manager.filter(task=OuterRef("task"))
        oldest = same.buffered().order_by("created_at", "scheduled_for", "id")
        first = self.buffered().filter(pk=Subquery(oldest.values("pk")[:1]))
        return first.filter(~Exists(same.occupying()))

    def unsent(self) -> Self:
        """Due and not held, and no doorbell rang for them."""
        return self.due().filter(published_at=None).exclude(reason=Reason.PAUSED)

    def sent(self) -> Self:
        """Due and not held, and their doorbell rang."""
        return self.due().exclude(published_at=None).exclude(reason=Reason.PAUSED)

    def sent_before(self, grace: timedelta) -> Self:
        """Those whose doorbell rang so long ago that it is in a queue or in a worker."""
        return self.sent().filter(published_at__lt=Now() - grace)

    def sent_earlier_than(self, moment: datetime) -> Self:
        return self.sent().filter(published_at__lt=moment)

    def due_since(self, moment: datetime) -> Self:
        return self.filter(run_at__gte=moment)

    def first_due(self, count: int) -> list[UUID]:
        """Ids of the oldest so many; of those due together, always the same ones."""
        return list(self.order_by("run_at", "pk").values_list("pk", flat=True)[:count])

    def on_queue(self, queue: str) -> Self:
        return self.filter(queue=queue)

    def among(self, ids: Iterable[str | UUID]) -> Self:
        return self.filter(pk__in=list(ids))

    def of_periods(self, keys: Iterable[str]) -> Self:
        return self.filter(period_key__in=list(keys))

    def periods(self) -> set[str | None]:
        return set(self.values_list("period_key", flat=True))

    def ids(self) -> set[str]:
        return {str(pk) for pk in self.values_list("pk", flat=True)}

    def ids_in_order(self, most: int | None = None) -> list[str]:
        """The oldest first, and so many at most."""
        return [str(pk) for pk in self.oldest_first().values_list("pk", flat=True)[:most]]

    def queues(self) -> list[str]:
        return list(self.order_by().values_list("queue", flat=True).distinct())

    def take(self, count: int) -> Self:
        """The oldest so many, locked; rows that somebody else is taking are passed over."""
        rows = self.order_by("run_at").select_for_update(skip_locked=True, no_key=True)
        return rows[:count]

    def count_up_to(self, most: int) -> int:
        """How many there are, counted no further than `most`."""
        return self.order_by()[:most].count()

    def for_ringing(self) -> Self:
        """With the columns that a message may know; of the canvas its ids only."""
        ids = {f"canvas_{name}": KT(f"envelope__{name}") for name in CANVAS_IDS}
        columns = ("celery_task_name", "queue", "priority", "time_limit", "soft_time_limit")
        return self.only(*columns).annotate(**ids)

    def held_by(self, hostname: str) -> Self:
        return self.running().filter(worker=hostname)

    def asked_to_stop(self) -> Self:
        return self.exclude(cancel_requested_at=None)

    def not_asked_to_stop(self) -> Self:
        return self.filter(cancel_requested_at=None)

    def with_task_name(self) -> Self:
        """With the names that people know: of the task, of its owner, of who acted."""
        return self.select_related("task", "owner", "triggered_by", "cancel_requested_by")

    def without_documents(self) -> Self:
        """For lists: leave the columns that may be large in the database."""
        return self.defer(*DOCUMENTS, "task__args", "task__kwargs", "task__description")

    def without_input(self) -> Self:
        """For what a task tells of its run: its result, not what it was given."""
        return self.defer("args", "kwargs", "traceback", "exception", "checkpoint", "envelope")

    def claimed_with(self, execution_id: UUID, token: UUID) -> Self:
        """The row if `token` made its last claim, whatever became of it."""
        return self.filter(Q(pk=execution_id) & Q(claim_token=token))

    def on_workers(self, hostnames: Iterable[str]) -> Self:
        """Running on these workers, the longest first."""
        return self.running().filter(worker__in=list(hostnames)).order_by("started_at")

    def before(self, execution: "TaskExecution") -> Self:
        """On its queue, due, not held, served earlier: of a higher priority, or due before it."""
        earlier = Q(priority=execution.priority, run_at__lt=execution.run_at)
        first = Q(priority__gt=execution.priority) | earlier
        # SQLite compares moments as text of different lengths, and finds the row before itself.
        due = self.due().on_queue(execution.queue).exclude(reason=Reason.PAUSED)
        return due.filter(first).exclude(pk=execution.pk)

    def occupying_at(self, moment: datetime) -> Self:
        """Those that were under way at `moment`: due by then, and not over."""
        due = Q(run_at__lte=moment) | Q(attempt__gt=1)  # another try moves `run_at` on
        is_open = Q(finished_at=None) | Q(finished_at__gte=moment)
        return self.not_skipped().filter(due, is_open, created_at__lte=moment)

    def of_tick(self, schedule_id: int | None, at: datetime) -> Self:
        """The row of that planned moment."""
        return self.filter(schedule_id=schedule_id, scheduled_for=at)

    def alike(self, unique_key: str | None) -> Self:
        """Live, and no other run with this key may be."""
        return self.live().filter(unique_key=unique_key)

    def replaceable(self, unique_key: str | None, period_key: str | None) -> Self:
        """Alike, but for one that has begun in that very period: it keeps what it began."""
        alike = self.alike(unique_key)
        return alike.exclude(period_key=period_key, attempt__gt=0) if period_key else alike

    def of_period(self, period_key: str | None) -> Self:
        """The one run of that period, live or over."""
        return self.filter(period_key=period_key)

    def never_began(self) -> Self:
        """Over without an attempt."""
        return self.final().filter(attempt=0)

    def for_moment(self, at: datetime) -> Self:
        """Of that planned or logical moment."""
        return self.filter(scheduled_for=at)

    def of_gap_around(self, at: datetime) -> Self:
        """Skipped rows that stand for a gap with `at` inside."""
        return self.in_status(Status.SKIPPED).filter(missed_from__lte=at, scheduled_for__gte=at)
