"""Alarm: something that should live or move does not; told until it does again."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tasks_app.models.ids import uuid7

# Whoever still sees the trouble says so this often; what nobody saw for longer is over.
TOLD_EVERY = timedelta(seconds=10)
UNSEEN_AFTER = timedelta(seconds=17)
FORGOTTEN_AFTER = timedelta(days=90)


class AlarmKind(models.TextChoices):
    """What can be wrong; the label is for people."""

    NO_BEAT = "no_beat", "no beat"
    NO_REAPER = "no_reaper", "nobody looks for lost runs"
    BEAT_SILENT = "beat_silent", "silent beat"
    WORKER_SILENT = "worker_silent", "silent worker"
    QUEUE_UNSERVED = "queue_unserved", "queue without a worker"
    QUEUE_NOT_TAKEN = "queue_not_taken", "worker takes nothing"
    BROKER_DOWN = "broker_down", "broker away"
    TICKS_LATE = "ticks_late", "late ticks"
    NEAR_CAP = "near_cap", "many waiting runs"


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Questions about alarms."""

    def visible_to(self, user: Any) -> Self:
        """They name hosts and queues: for superusers, and staff who were given the right."""
        return self if user.has_perm("tasks_app.view_alarm") else self.none()

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def ended(self) -> Self:
        return self.exclude(ended_at=None)

    def forgotten(self) -> Self:
        """Those that ended 90 days ago."""
        return self.filter(ended_at__lt=Now() - FORGOTTEN_AFTER)

    def of_kinds(self, kinds: Collection[str]) -> Self:
        return self.filter(kind__in=kinds)

    def besides(self, kinds: Collection[str]) -> Self:
        return self.exclude(kind__in=kinds)

    def among(self, ids: Collection[UUID]) -> Self:
        return self.filter(pk__in=ids)

    def newest_first(self) -> Self:
        return self.order_by("-raised_at", "-id")

    def open_first(self) -> Self:
        """Open ones, then those that ended; the newest of each first."""
        return self.order_by(F("ended_at").desc(nulls_first=True), "-raised_at", "-id")

    def untold(self) -> Self:
        """Those that nobody confirmed for 10 s."""
        return self.filter(seen_at__lt=Now() - TOLD_EVERY)

    def to_be_ended_by(self, process: str) -> Self:
        """Open ones that it raised itself, or that nobody sees any more."""
        unseen = Q(seen_at__lt=Now() - UNSEEN_AFTER)
        return self.open().filter(Q(raised_by=process) | unseen)


class Alarm(models.Model):
    """`kind` of trouble with `subject`, open until `ended_at`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=255, blank=True)
    sentence = models.TextField()
    advice = models.TextField(blank=True)
    raised_by = models.CharField(max_length=255)
    raised_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        db_table = "alarms"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(ended_at=None),
                name="one_open_alarm_per_subject",
            )
        ]
        indexes = [models.Index(fields=["-raised_at"], name="alarms_newest")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def label(self) -> str:
        """Its kind in words; of a kind that only a newer release knows, its code."""
        known = self.kind in AlarmKind.values
        return str(AlarmKind(self.kind).label) if known else self.kind
