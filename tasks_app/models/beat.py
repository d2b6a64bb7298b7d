"""Beat processes that were heard from: they keep the time and run the sweeps."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

from tasks_app.models.heard_from import HeardFromQuerySet

# A tick each second; ten missed ones are no accident.
SILENT_AFTER = timedelta(seconds=10)
# Each start is a row of its own: those of last week tell nobody anything.
FORGOTTEN_AFTER = timedelta(days=7)


class BeatQuerySet(HeardFromQuerySet):
    """Questions about beat processes."""

    def alive(self) -> Self:
        """Those that ticked and swept within the last 10 s."""
        return self.filter(_living())

    def heard_last(self) -> Self:
        """Each with `lives`, those heard last first."""
        return self.annotate(lives=_living()).order_by("-seen_at", "name")

    def on_duty(self) -> Self:
        """Those that said no goodbye, with `lives` and `ticks`, the latest start first."""
        return (
            self.filter(stopped_at=None)
            .annotate(lives=_starting() | _living(), ticks=_ticking(), silence=_silence())
            .order_by("-started_at")
        )

    def how_many(self) -> dict[str, int]:
        """How many are `known`, live (or begin to), and at least tick."""
        return self.aggregate(
            known=models.Count("pk"),
            living=models.Count("pk", filter=_starting() | _living()),
            ticking=models.Count("pk", filter=_ticking()),
        )

    def silence_around(self, moment: datetime) -> tuple[datetime | None, datetime | None]:
        """When a beat that began before `moment` was last heard, and when one began after it."""
        heard = self.aggregate(
            until=models.Max("seen_at", filter=models.Q(started_at__lte=moment)),
            since=models.Min("started_at", filter=models.Q(started_at__gt=moment)),
        )
        return heard["until"], heard["since"]

    def forgotten(self) -> Self:
        """Those not heard from for a week."""
        return self.filter(seen_at__lt=Now() - FORGOTTEN_AFTER)


def _ticking() -> models.Q:
    return models.Q(stopped_at=None, seen_at__gt=Now() - SILENT_AFTER)


def _living() -> models.Q:
    return _ticking() & models.Q(swept_at__gt=Now() - SILENT_AFTER)


def _starting() -> models.Q:
    """Not long enough here to have swept."""
    return _ticking() & models.Q(started_at__gt=Now() - SILENT_AFTER)


def _silence() -> models.ExpressionWrapper:
    return models.ExpressionWrapper(Now() - models.F("seen_at"), models.DurationField())


class Beat(models.Model):
    """One beat process."""

    name = models.CharField(max_length=255, primary_key=True)
    pid = models.PositiveIntegerField()
    code_version = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    swept_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    # Seconds by which the latest of the last ticks was late.
    lag = models.FloatField(default=0, db_default=0)
    # How it hears of edits: False means by comparing all schedules, bit by bit.
    sees_edits = models.BooleanField(default=True, db_default=True)

    objects = BeatQuerySet.as_manager()

    # Set by `heard_last` and `on_duty`, the others by the latter only.
    lives: bool
    ticks: bool
    silence: timedelta

    class Meta:
        db_table = "beats"

    def __str__(self) -> str:
        return self.name
