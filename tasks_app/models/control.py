"""One row that all reapers share: since when they have watched the leases without a gap."""

from django.db import models


class Control(models.Model):
    """The reapers' watch. The row with id 1 is made after every migration."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_watch_at = models.DateTimeField(null=True)
    watched_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "control"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="control_has_one_row")]

    def __str__(self) -> str:
        return f"watched since {self.watched_since}"
