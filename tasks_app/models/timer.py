"""Timer: the due index. One row per PeriodicTask says when it fires next."""

from datetime import UTC, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

# In `next_fire_at`: the schedule was edited, and the timer must be set anew. It sorts first.
STALE = datetime.fromtimestamp(0, UTC)
# In `code`: the entry has left the code, and beat disabled its schedule for that.
GONE = "gone"


def poll_key(moment: datetime | None) -> datetime | None:
    """`next_fire_at` for a planned moment: one before 1970 must not look like an edit."""
    return max(moment, STALE + timedelta(microseconds=1)) if moment else None


class TimerQuerySet(models.QuerySet["Timer"]):
    """Questions about timers."""

    def stale(self) -> Self:
        """Edited since they were set."""
        return self.filter(next_fire_at__lte=STALE)

    def set_aside(self) -> Self:
        """Those that cannot be computed; their `error` says why."""
        return self.exclude(error="")

    def coming(self) -> Self:
        """Those that will fire, the earliest first."""
        return self.filter(next_fire_at__gt=STALE).order_by("next_fire_at")

    def ever_from_code(self) -> Self:
        """Those that an entry of `beat_schedule` made, also if it is gone."""
        return self.exclude(code="")


class Timer(models.Model):
    """When a schedule fires next. Triggers make a row for every schedule and mark it stale."""

    schedule = models.OneToOneField(
        "django_celery_beat.PeriodicTask",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="timer",
        db_constraint=False,
    )
    # The index's key: never (None), STALE, or the same as `planned_for`.
    next_fire_at = models.DateTimeField(null=True, db_default=STALE)
    # The next nominal moment under `spec`; an edit leaves it until the timer is set anew.
    planned_for = models.DateTimeField(null=True)
    # The last nominal moment that has its row: nothing at or before it is ever planned again.
    watermark = models.DateTimeField(null=True)
    # Where an interval counts from.
    anchor = models.DateTimeField(null=True)
    # The plan as canonical JSON; empty before the timer was first set and while none is possible.
    spec = models.TextField(db_default="")
    run_count = models.PositiveIntegerField(db_default=0)
    # When it was first and last edited since the timer was set, and whether its `enabled` changed.
    edited_from = models.DateTimeField(null=True, db_default=Now())
    edited_until = models.DateTimeField(null=True, db_default=Now())
    interrupted = models.BooleanField(db_default=False)
    error = models.TextField(db_default="")
    # The entry of `beat_schedule` that made the schedule, as JSON, or GONE; empty if none did.
    code = models.TextField(db_default="")

    objects = TimerQuerySet.as_manager()

    class Meta:
        db_table = "timers"
        indexes = [
            # The tick: what is stale or due.
            models.Index(
                fields=["next_fire_at"],
                condition=models.Q(next_fire_at__isnull=False),
                name="timers_due",
            ),
            # The lists of what cannot fire, and of what belongs to code.
            models.Index(
                fields=["schedule"], condition=~models.Q(error=""), name="timers_set_aside"
            ),
            models.Index(
                fields=["schedule"], condition=~models.Q(code=""), name="timers_from_code"
            ),
        ]

    def __str__(self) -> str:
        return f"timer of schedule {self.schedule_id}"

    @property
    def belongs_to_code(self) -> bool:
        """Whether an entry of `beat_schedule` says what it is; one that is gone does not."""
        return self.code not in ("", GONE)
