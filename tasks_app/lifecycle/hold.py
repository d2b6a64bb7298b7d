"""What a pause keeps from starting is set aside, and comes back when the pause is over."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from tasks_app.lifecycle.ring import ring
from tasks_app.models import TaskExecution
from tasks_app.states import Reason


def hold(ids: Sequence[UUID]) -> int:
    """Set aside those of these runs that wait and are due: nobody rings for them any more.

    Status, `run_at` and place in the line stay. Rows that somebody else is moving are passed over.
    Returns how many.
    """
    with transaction.atomic():
        rows = TaskExecution.objects.among(ids).due().exclude(reason=Reason.PAUSED)
        taken = list(
            rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
        )
        return TaskExecution.objects.among(taken).update(reason=Reason.PAUSED, published_at=None)


def free(ids: Sequence[UUID]) -> int:
    """Let those of these runs that were set aside start, and ring for them on commit, the longest
    due first. Returns how many."""
    with transaction.atomic():
        rows = TaskExecution.objects.among(ids).paused().in_order_from(None)
        freed = list(rows.for_ringing().select_for_update(skip_locked=True, no_key=True))
        TaskExecution.objects.among(row.pk for row in freed).update(
            reason="", published_at=Now(), published_count=F("published_count") + 1
        )
        transaction.on_commit(lambda: ring(freed), robust=True)
    return len(freed)
