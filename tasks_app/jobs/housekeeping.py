"""What an installation does for itself at night. Nobody tells these jobs what to delete."""

from contextlib import closing
from typing import TYPE_CHECKING

from celery import shared_task

from tasks_app import services
from tasks_app.maintenance.retention import Retention
from tasks_app.states import Trigger

if TYPE_CHECKING:
    from tasks_app.runtime.job import Job

# Seconds. What is left then goes the next night.
SOFT_LIMIT = 4 * 3600


@shared_task(bind=True, idempotent=True, soft_time_limit=SOFT_LIMIT)
def prune_executions(self: "Job") -> dict[str, int]:
    """Delete the runs that ended longer ago than RETENTION_DAYS, and rows of processes long gone.

    It works through small batches and can be cancelled at any time; what it did stays done.
    """
    retention = Retention.configured()
    total = sum(batch.size for batch in services.count_old_runs(retention))
    done = 0
    pruning = services.prune_old_runs(
        retention, door=Trigger.SYSTEM, by="housekeeping", request_id=str(self.request.id or "")
    )
    with closing(pruning):
        for batch in pruning:
            done += batch.size
            self.update_progress(min(99, 100 * done / max(total, 1)), f"{done} of {total} deleted")
            self.raise_if_cancelled()
    return {"executions": done, **services.forget_gone_processes()}
