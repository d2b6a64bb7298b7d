"""The reaper: decides runs whose worker fell silent for a whole lease that reapers watched."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.models import Control

# Reapers look every 2 s. After a longer gap a database that was away cannot have been renewed
# either, so nobody's silence means anything until a full lease was watched again.
GAP = timedelta(seconds=5)


def reap() -> list[UUID]:
    """Decide the expired leases, in batches; return the ids of the executions."""
    now = _watch()
    decided: list[UUID] = []
    while now and (batch := lifecycle.reap(now)):
        decided += batch
    return decided


@transaction.atomic
def _watch() -> datetime | None:
    """Note that a reaper looks; return the database's time once a full lease was watched.

    A clock that jumped either way by more than the gap starts the watch anew.
    """
    unbroken = When(last_watch_at__range=(Now() - GAP, Now() + GAP), then=F("watched_since"))
    Control.objects.update(
        watched_since=Case(unbroken, default=Now()),
        last_watch_at=Now(),
    )
    since, now = Control.objects.values_list("watched_since", "last_watch_at").get()
    lease = timedelta(seconds=settings.LEASE_SECONDS)
    return now if now and since and since < now - lease else None
