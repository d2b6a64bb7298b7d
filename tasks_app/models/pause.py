"""Pause: a task, a queue or everything is held; what waits does not start."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tasks_app.models.ids import uuid7

EVERYTHING = "everything"
QUEUE, TASK = "queue:", "task:"
# What a tick says that a pause left out.
WAITING_ENOUGH = "A pause held it, and no more ticks wait for the end of one than catch-up runs."


class PauseQuerySet(models.QuerySet["Pause"]):
    """Questions about pauses."""

    def visible_to(self, user: Any) -> Self:
        """Those of queues and of everything, and those of one's own tasks; a superuser sees all."""
        return self if user.is_superuser else self.filter(Q(task=None) | Q(task__owner_id=user.pk))

    def in_force(self) -> Self:
        """Those that did not expire."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def expired(self) -> Self:
        return self.filter(expires_at__lte=Now())

    def of_task(self, task_id: UUID) -> Self:
        return self.filter(task_id=task_id)

    def holding(self, queue: str, task_id: UUID | None) -> Self:
        """Those in force that keep runs of this queue and task from starting, the oldest first."""
        subjects = [EVERYTHING, f"{QUEUE}{queue}", f"{TASK}{task_id}"]
        return self.in_force().filter(subject__in=subjects).order_by("created_at", "id")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def held(self) -> "Held":
        """What they hold together."""
        pauses = list(self.only("subject", "task_id"))
        return Held(
            any(pause.is_of_everything for pause in pauses),
            frozenset(pause.queue for pause in pauses if pause.queue),
            frozenset(pause.task_id for pause in pauses if pause.task_id),
        )


class Pause(models.Model):
    """What `subject` names is held until `expires_at`, or until somebody resumes it.

    The subject is `everything`, `queue:NAME` or `task:UUID`; resuming deletes the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.CharField(max_length=110, unique=True)
    task = models.ForeignKey(
        "Task", null=True, on_delete=models.CASCADE, related_name="pauses", editable=False
    )
    reason = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)

    # How many runs wait for its end, where `reporting` attached it.
    waiting: int

    objects = PauseQuerySet.as_manager()

    class Meta:
        db_table = "pauses"

    def __str__(self) -> str:
        return f"pause of {self.subject}"

    @property
    def queue(self) -> str:
        """The queue that is held; empty for any other subject."""
        return self.subject.removeprefix(QUEUE) if self.subject.startswith(QUEUE) else ""

    @property
    def is_of_everything(self) -> bool:
        return self.subject == EVERYTHING

    @property
    def what(self) -> str:
        """The subject in words: `everything`, `queue default`, `the task`."""
        return f"queue {self.queue}" if self.queue else "the task" if self.task_id else EVERYTHING

    @property
    def held(self) -> "Held":
        """What it holds."""
        of_task = frozenset([self.task_id] if self.task_id else [])
        return Held(self.is_of_everything, frozenset(filter(None, [self.queue])), of_task)

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is in force still, at a moment to come."""
        return self.expires_at is None or self.expires_at > moment

    def told(self) -> dict[str, str | None]:
        """For the audit trail."""
        until = self.expires_at.isoformat() if self.expires_at else None
        return {"subject": self.subject, "reason": self.reason, "expires_at": until}

    def noted_on(self) -> list[tuple[str, UUID]]:
        """The subjects of the audit trail that it is noted on: itself, and its task."""
        return [("pause", self.pk), *([("task", self.task_id)] if self.task_id else [])]


@dataclass(frozen=True)
class Held:
    """What some pauses hold: asked for each of many rows without a question to the database."""

    everything: bool = False
    queues: frozenset[str] = frozenset()
    tasks: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.everything or self.queues or self.tasks)

    def covers(self, queue: str, task_id: UUID | None) -> bool:
        """Whether a run of this queue and task may not start."""
        return self.everything or queue in self.queues or task_id in self.tasks
