"""A database whose clock was set back: what it wrote before lies ahead, and would wait for that."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now

from tasks_app.maintenance.walking import BATCH, Batches, go_on, in_turn
from tasks_app.models import Alarm, Attempt, Beat, Control, TaskExecution, Worker

_SEEN: dict[type[Model], tuple[str, ...]] = {
    Worker: ("seen_at",),
    Beat: ("seen_at", "swept_at", "started_at"),
    Alarm: ("seen_at",),
    Control: ("epoch_since",),
}


class Clamp:
    """Brings back to now what lies ahead. Several beats may do so at once."""

    def __init__(self) -> None:
        # Nobody may have seen a step that was made before this process began.
        self._left: Batches | None = _walk()
        self._found = 0

    def clamp(self, *, was_set_back: bool) -> None:
        """Mend what a step left, a turn at a time, until a whole walk finds nothing ahead."""
        while _clamp_leases() == BATCH:
            pass
        if was_set_back:
            self._left = _walk()
        if self._left:
            _clamp_processes()
            self._go_on(self._left)

    def _go_on(self, left: Batches) -> None:
        # After an error, and after rows were found, the next look begins anew.
        self._left = _walk()
        if not go_on(left, self._bring_back):
            self._left = left
        elif not self._found:
            self._left = None
        else:
            self._found = 0

    def _bring_back(self, ids: list[UUID]) -> bool:
        self._found += len(ids)
        _bring_back(ids)
        return True


def _walk() -> Batches:
    return in_turn(TaskExecution.objects.ahead())


@transaction.atomic
def _clamp_leases() -> int:
    """A lease that ends later than any worker can have asked for ends after a lease from now."""
    lease = timedelta(seconds=settings.LEASE_SECONDS)
    ids = TaskExecution.objects.leased_ahead(2 * lease)[:BATCH].locked_ids(no_key=True)
    return TaskExecution.objects.among(ids).update(lease_until=Now() + lease) if ids else 0


@transaction.atomic
def _bring_back(ids: list[UUID]) -> None:
    locked = TaskExecution.objects.ahead().among(ids).locked_ids(no_key=True)
    TaskExecution.objects.among(locked).bring_back()
    Attempt.objects.filter(execution__in=locked, ended_at__gt=Now()).update(ended_at=Now())


def _clamp_processes() -> None:
    """A dead process must not seem to live, an alarm to be seen, nor a broker to be new, until that
    moment comes."""
    for model, columns in _SEEN.items():
        for column in columns:
            model._default_manager.filter(**{f"{column}__gt": Now()}).update(**{column: Now()})
