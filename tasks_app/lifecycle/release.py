"""What waited for something else than a time may run."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from tasks_app.lifecycle.ring import ring
from tasks_app.models import TaskExecution


def release(ids: Sequence[UUID]) -> int:
    """Let buffered runs start now, and ring for them on commit; return how many were buffered."""
    with transaction.atomic():
        rows = TaskExecution.objects.among(ids).buffered().for_ringing()
        freed = list(rows.select_for_update(skip_locked=True))
        # Under the lock: what another beat has released meanwhile is not among them.
        TaskExecution.objects.among(row.pk for row in freed).update(
            reason="", run_at=Now(), published_at=Now(), published_count=1
        )
        transaction.on_commit(lambda: ring(freed), robust=True)
    return len(freed)
