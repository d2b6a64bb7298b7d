"""The reaper: decides runs whose worker fell silent for a whole lease that reapers watched."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.maintenance.clock_steps import Clamp
from tasks_app.models import Control, Counter

# Reapers look every 2 s. After a longer gap a database that was away cannot have been renewed
# either, so nobody's silence means anything until a full lease was watched again.
GAP = timedelta(seconds=5)


class Reaper:
    """The looks of one process, which knows whether it was there when a watch broke off."""

    def __init__(self) -> None:
        self._clamp = Clamp()
        self._has_looked = False

    def reap(self) -> list[UUID]:
        """Decide the expired leases, in batches; return the ids of the executions."""
        self._clamp.clamp(was_set_back=_was_set_back())
        decided: list[UUID] = []
        # A watch for each batch: what it proved holds for no later moment.
        while (now := self._watch()) and (batch := lifecycle.reap(now)):
            decided += batch
        return decided

    def _watch(self) -> datetime | None:
        """Note that a reaper looks; return the database's time once a full lease was watched."""
        since, now = _look()
        if since == now and self._has_looked:
            Counter.objects.add("watch_resets")
        self._has_looked = True
        return now if is_watched(since, now) else None


def is_watched(since: datetime, now: datetime) -> bool:
    """Whether reapers saw a whole lease of silence, if there was one."""
    return since < now - timedelta(seconds=settings.LEASE_SECONDS)


def _was_set_back() -> bool:
    """Whether the last look seems to lie ahead, which the next one will hide."""
    return Control.objects.filter(last_watch_at__gt=Now() + GAP).exists()


@transaction.atomic
def _look() -> tuple[datetime, datetime]:
    """Since when reapers have looked without a gap, and the database's time now.

    A clock that jumped either way by more than the gap starts the watch anew.
    """
    unbroken = When(last_watch_at__range=(Now() - GAP, Now() + GAP), then=F("watched_since"))
    Control.objects.update(
        watched_since=Case(unbroken, default=Now()),
        last_watch_at=Now(),
    )
    since, now = Control.objects.values_list("watched_since", "last_watch_at").get()
    assert since is not None
    assert now is not None
    return since, now
