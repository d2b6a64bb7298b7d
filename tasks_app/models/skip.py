"""Skip: a coming tick that a person put aside."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tasks_app.models.ids import uuid7


class SkipQuerySet(models.QuerySet["Skip"]):
    """Questions about skips."""

    def between(self, first: datetime, last: datetime) -> Self:
        """Of ticks from `first` to `last`."""
        return self.filter(scheduled_for__range=(first, last))


class Skip(models.Model):
    """The tick of `schedule` at `scheduled_for` will be skipped; deleting the row undoes it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(
        "django_celery_beat.PeriodicTask",
        on_delete=models.CASCADE,
        related_name="skips",
        db_index=False,
        db_constraint=False,
    )
    scheduled_for = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = SkipQuerySet.as_manager()

    class Meta:
        db_table = "skips"
        constraints = [
            # The moment first: a tick asks for all that were put aside until now.
            models.UniqueConstraint(fields=["scheduled_for", "schedule"], name="one_skip_per_tick")
        ]

    def __str__(self) -> str:
        return f"skip of schedule {self.schedule_id} at {self.scheduled_for}"
