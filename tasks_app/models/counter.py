"""Counter: how often something rare happened."""

from typing import Any, Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Now

# What each name counts, for people.
MEANING = {
    "fenced": "Late words of tries that had lost their run: refused.",
    "dropped": "Messages whose run was over, running, held or not due: dropped.",
    "republished": "Messages that went missing in the broker: sent again.",
    "rescued": "Runs whose worker died or fell silent: decided.",
    "poison": "Runs that ended because three workers died of them.",
    "epoch_changes": "Times that the broker was found empty or replaced.",
    "spooled": "Outcomes kept in a file because the database was away.",
    "delivered_later": "Outcomes of such files that were written down.",
    "watch_resets": "Times that the reapers began their watch anew after a gap.",
}


class CounterQuerySet(models.QuerySet["Counter"]):
    """Counting, and what was counted."""

    def visible_to(self, user: Any) -> Self:
        """For superusers, and staff who were given the right."""
        return self if user.has_perm("tasks_app.view_counter") else self.none()

    def by_name(self) -> Self:
        return self.order_by("name")

    def add(self, name: str, count: int = 1) -> None:
        """Count `count` more: one statement, but for a name that is new."""
        if count and not self._raise(name, count):
            self.bulk_create([self.model(name=name)], ignore_conflicts=True)
            self._raise(name, count)

    def _raise(self, name: str, count: int) -> int:
        return self.filter(name=name).update(value=F("value") + count, counted_at=Now())


class Counter(models.Model):
    """A number that only grows."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveBigIntegerField(default=0, db_default=0)
    counted_at = models.DateTimeField(db_default=Now())

    objects = CounterQuerySet.as_manager()

    class Meta:
        db_table = "counters"

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    @property
    def meaning(self) -> str:
        """What it counts; empty for a name that only a newer release knows."""
        return MEANING.get(self.name, "")
