"""Questions about tasks, named after states and needs."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models.functions import Coalesce

from tasks_app.models import validators
from tasks_app.models.execution import TaskExecution
from tasks_app.states import Status

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from tasks_app.models.task import Task  # noqa: F401  (named in a string)


class TaskQuerySet(models.QuerySet["Task"]):
    """Questions about tasks."""

    def visible_to(self, user: "User | AbstractBaseUser | AnonymousUser") -> Self:
        """A superuser sees all, anybody else their own."""
        if getattr(user, "is_superuser", False):
            return self
        return self.filter(owner_id=user.pk)

    def known_as(self, id_or_key: str) -> Self:
        """The tasks with this id, or with this key (unique per owner only)."""
        try:
            return self.filter(pk=UUID(id_or_key))
        except ValueError:
            # What no key can be may also be what PostgreSQL takes for no text, such as NUL.
            is_key = validators.KEY.fullmatch(id_or_key)
            return self.filter(key=id_or_key) if is_key else self.none()

    def with_status(self) -> Self:
        """Add `current_id` and `status`: those of the run the task is known by.

        That is the newest live run, else the newest that was not skipped, else none: `pending`.
        """
        runs = TaskExecution.objects.filter(task=models.OuterRef("pk")).newest_first()
        live, run = runs.live(), runs.not_skipped()
        return self.annotate(
            current_id=Coalesce(
                models.Subquery(live.values("pk")[:1]), models.Subquery(run.values("pk")[:1])
            ),
            status=Coalesce(
                models.Subquery(live.values("status")[:1]),
                models.Subquery(run.values("status")[:1]),
                models.Value(Status.PENDING),
            ),
        )

    def in_status(self, *statuses: Status) -> Self:
        """Only those whose status is one of these; needs `with_status`."""
        return self.filter(status__in=statuses)

    def of_type(self, task_type: str) -> Self:
        """Only those with this label."""
        return self.filter(task_type=task_type)

    def jobs_of_enabled(self) -> set[str]:
        """The names of the jobs that enabled tasks run."""
        enabled = self.filter(enabled=True).order_by()
        return set(enabled.values_list("celery_task_name", flat=True).distinct())

    def with_key_of(self, owner: "User", key: str | None) -> Self:
        """The task that this owner knows by this key."""
        return self.filter(owner=owner, key=key) if key else self.none()

    def watched_for_failures(self) -> Self:
        """Those that are to be disabled after some failures in a row, and are not."""
        watched = self.filter(enabled=True, disable_after_failures__isnull=False)
        return watched.exclude(schedule=None)

    def failed_within(self, span: timedelta) -> Self:
        """Only those of which a run failed so lately: it costs by failures, not by tasks."""
        failed = TaskExecution.objects.failed_within(span).exclude(task=None)
        return self.filter(pk__in=failed.values("task_id"))

    def newest_first(self) -> Self:
        """In the order people look for them."""
        return self.order_by("-created_at", "-id")
