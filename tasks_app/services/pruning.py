"""Pruning: runs that ended long ago are deleted, and the trail says how many."""

from collections import Counter
from collections.abc import Generator, Iterator
from datetime import timedelta
from uuid import UUID

from tasks_app.maintenance.forgetting import forget_gone
from tasks_app.maintenance.retention import Batch, Retention, count_prunable, prune
from tasks_app.models import Event
from tasks_app.states import Status, Trigger

# The subject of an entry of the trail that is about all runs.
LEDGER = UUID(int=0)


def count_old_runs(retention: Retention) -> Iterator[Batch]:
    """What `prune_old_runs` would delete, page by page; nothing is changed."""
    return count_prunable(retention)


def prune_old_runs(
    retention: Retention, *, door: Trigger, by: str, request_id: str = ""
) -> Generator[Batch, None, None]:
    """Delete what ended long ago, a batch at a time; stop asking and it stops.

    For housekeeping and for hands on the machine, who have no user here: `by` names them in the
    trail. The entry is written however it ends.
    """
    done: Counter[Status] = Counter()
    try:
        for batch in prune(retention):
            done[batch.status] += batch.size
            yield batch
    finally:
        Event.objects.create(
            door=door,
            user_name=by[:150],
            verb="prune",
            subject="ledger",
            subject_id=LEDGER,
            before=_told(retention),
            after={status.value: count for status, count in done.items() if count},
            request_id=request_id,
        )


def _told(retention: Retention) -> dict[str, float | int]:
    ages = {status.value: age for status, age in retention.ages.items() if age is not None}
    days = {status: round(age / timedelta(days=1), 3) for status, age in ages.items()}
    return {**days, "keep_last": retention.keep_last}


def forget_gone_processes() -> dict[str, int]:
    """Delete rows of processes that are long gone and of alarms long over; how many, by kind."""
    return forget_gone()
