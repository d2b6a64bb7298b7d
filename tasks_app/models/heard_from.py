"""Processes that tell the database that they live."""

from typing import Any

from django.db import models
from django.db.models.functions import Now


class HeardFromQuerySet(models.QuerySet[Any]):
    """Rows keyed by the process's own name."""

    def heard_from(self, name: str, **facts: object) -> None:
        """Write that `name` is alive now: one statement, whether it is new or known."""
        key = self.model._meta.pk.name
        self.bulk_create(
            [self.model(**{key: name}, seen_at=Now(), **facts)],
            update_conflicts=True,
            unique_fields=[key],
            update_fields=["seen_at", *facts],
        )
