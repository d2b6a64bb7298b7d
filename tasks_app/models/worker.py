"""Worker processes that were heard from."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tasks_app.models.heard_from import HeardFromQuerySet

# How many heartbeats may be missing before a worker counts as silent.
MISSING_BEATS = 3
FORGOTTEN_AFTER = timedelta(days=30)


class WorkerQuerySet(HeardFromQuerySet):
    """Questions about workers."""

    def alive(self) -> Self:
        """Those that spoke within three heartbeats and did not say goodbye."""
        return self.filter(_living())

    def heard_last(self) -> Self:
        """Each with `lives`, those heard last first."""
        return self.annotate(lives=_living()).order_by("-seen_at", "hostname")

    def on_duty(self) -> Self:
        """Those that said no goodbye, with `lives` and for how long they are silent."""
        silence = models.ExpressionWrapper(Now() - models.F("seen_at"), models.DurationField())
        return self.filter(stopped_at=None).annotate(lives=_living(), silence=silence)

    def forgotten(self) -> Self:
        """Those not heard from for 30 days."""
        return self.filter(seen_at__lt=Now() - FORGOTTEN_AFTER)

    def held_ids(self) -> set[str]:
        """Ids of the executions whose messages living workers hold."""
        return {held for ids in self.alive().values_list("held", flat=True) for held in ids}


def _living() -> models.Q:
    silence = timedelta(seconds=MISSING_BEATS * settings.HEARTBEAT_SECONDS)
    return models.Q(stopped_at=None, seen_at__gt=Now() - silence)


class Worker(models.Model):
    """One Celery worker: its main process speaks for its children."""

    hostname = models.CharField(max_length=255, primary_key=True)
    pid = models.PositiveIntegerField()
    pool = models.CharField(max_length=50, blank=True)
    queues = models.JSONField(default=list)
    concurrency = models.PositiveIntegerField(default=0)
    held = models.JSONField(default=list)
    # By queue: seconds since its last message came, at `seen_at`.
    quiet = models.JSONField(null=True)
    cpu_percent = models.FloatField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    code_version = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=100, blank=True)

    objects = WorkerQuerySet.as_manager()

    # Set by `heard_last` and `on_duty`, the second by the latter only.
    lives: bool
    silence: timedelta

    class Meta:
        db_table = "workers"

    def __str__(self) -> str:
        return self.hostname

    @property
    def has_room(self) -> bool:
        """Whether it could take one more message than it holds."""
        return len(self.held) < self.concurrency

    def quiet_on(self, queue: str) -> timedelta | None:
        """For how long it got nothing from that queue; None if it does not say."""
        seconds = (self.quiet or {}).get(queue)
        return None if seconds is None else self.silence + timedelta(seconds=seconds)
