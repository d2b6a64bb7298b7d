"""One row that all processes share: the reapers' watch over the leases, and counters."""

from django.db import models


class Control(models.Model):
    """Since when reapers have watched without a gap, and how many messages workers refused.

    The row with id 1 is made after every migration.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_watch_at = models.DateTimeField(null=True)
    watched_since = models.DateTimeField(null=True)
    refused_messages = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "control"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="control_has_one_row")]

    def __str__(self) -> str:
        return f"watched since {self.watched_since}"
