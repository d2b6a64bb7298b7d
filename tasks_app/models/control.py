"""One row that all processes share: the reapers' watch over the leases, and what the broker is."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now


class Control(models.Model):
    """Since when reapers have watched without a gap, which broker was rung, how many runs wait.

    The row with id 1 is made after every migration.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_watch_at = models.DateTimeField(null=True)
    watched_since = models.DateTimeField(null=True)
    refused_messages = models.PositiveBigIntegerField(default=0, db_default=0)
    # What the broker is known by, and since when: what was rung before is rung again.
    broker_epoch = models.CharField(max_length=36, default="", db_default="")
    epoch_since = models.DateTimeField(null=True)
    # How many runs wait: {"all": number, "owners": {id: number}}, of owners with many only.
    waiting = models.JSONField(null=True)
    waiting_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "control"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="control_has_one_row")]

    def __str__(self) -> str:
        return f"watched since {self.watched_since}"


def database_time() -> datetime:
    """The database's clock: ages are never told by this machine's."""
    return Control.objects.annotate(now=Now()).values_list("now", flat=True).get()
