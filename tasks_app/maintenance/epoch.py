"""A broker that was wiped or replaced: all that waited then is rung for again."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from tasks_app import broker, lifecycle
from tasks_app.maintenance.walking import Batches, go_on, in_turn
from tasks_app.models import Control, Counter, TaskExecution

logger = logging.getLogger(__name__)


class Epoch:
    """What one relay knows of the broker, and how far it is with ringing again."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._left: Batches | None = None

    @property
    def is_ringing(self) -> bool:
        """Whether rows are left whose messages went with the broker."""
        return self._left is not None

    def ring_again(self) -> int:
        """Ring for what was rung before the broker became what it is; return for how many.

        For a turn, and on where it stopped the next time. Several relays share the rows.
        Raises OperationalError while the broker is away: then nothing is changed.
        """
        since = note_epoch()
        if since != self._since:
            self._left = _walk(since) if since else None
        # After an error the walk begins anew.
        self._since = None
        rung = self._go_on(self._left, since) if self._left and since else 0
        self._since = since
        return rung

    def _go_on(self, left: Batches, since: datetime) -> int:
        rung: list[int] = []

        def ring(ids: list[UUID]) -> bool:
            rows = _take(ids, since)
            rung.append(lifecycle.ring(rows))
            return rung[-1] == len(rows)

        if go_on(left, ring):
            self._left = None
        Counter.objects.add("republished", sum(rung))
        return sum(rung)


def _walk(since: datetime) -> Batches:
    return in_turn(TaskExecution.objects.sent_earlier_than(since))


def note_epoch() -> datetime | None:
    """Write down by what the broker is known; return since when, None if it was never another.

    Raises OperationalError.
    """
    known, since = Control.objects.values_list("broker_epoch", "epoch_since").get()
    epoch = broker.epoch()
    if epoch is None or epoch == known:
        return since
    # The first broker of an installation follows upon none. Of several relays one writes it down;
    # one that slept since it asked does not bring back what is past.
    noted = Control.objects.filter(broker_epoch=known).update(
        broker_epoch=epoch, epoch_since=Now() if known else None
    )
    if noted and known:
        logger.warning("the broker was wiped or replaced: all that waits is rung for again")
        Counter.objects.add("epoch_changes")
    return Control.objects.values_list("epoch_since", flat=True).get()


@transaction.atomic
def _take(ids: Sequence[UUID], since: datetime) -> Sequence[TaskExecution]:
    rows = TaskExecution.objects.sent_earlier_than(since).among(ids)
    taken = list(rows.for_ringing().take(len(ids)))
    lifecycle.mark_sent(taken)
    return taken
