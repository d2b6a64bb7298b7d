"""Asking for a pruning: by people and programs who have a user here."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from tasks_app.maintenance.retention import Retention
from tasks_app.models import TaskExecution
from tasks_app.registry import PRUNING
from tasks_app.services.actor import Actor
from tasks_app.services.admission import submit_run
from tasks_app.services.checking import check_arguments, decide_on_lost
from tasks_app.services.pruning import LEDGER, count_old_runs
from tasks_app.services.superusers import check_superuser
from tasks_app.states import QUEUE_OF_PRIORITY, OnLost, Priority

WHAT = "prunes runs"
# Somebody waits for the answer: from here on it says "or more".
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class PruningPreview:
    """How many runs a pruning would delete now, by status; `more`: or more than that."""

    by_status: dict[str, int]
    more: bool

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


def preview_pruning(actor: Actor) -> PruningPreview:
    """What `start_pruning` would delete; nothing is changed. Raises SuperusersOnly."""
    check_superuser(actor, WHAT)
    counts: Counter[str] = Counter()
    for batch in count_old_runs(Retention.configured()):
        counts[batch.status.value] += batch.size
        if counts.total() >= MOST_COUNTED:
            return PruningPreview(dict(+counts), more=True)
    return PruningPreview(dict(+counts), more=False)


@transaction.atomic
def start_pruning(actor: Actor, reason: str = "") -> TaskExecution:
    """Submit the run that housekeeping submits at night, for now: a worker prunes as RETENTION_DAYS
    and KEEP_LAST_RUNS say.

    Raises SuperusersOnly and TooManyWaiting.
    """
    check_superuser(actor, WHAT)
    job = check_arguments(PRUNING, [], {})
    run = TaskExecution(
        celery_task_name=job.name,
        trigger=actor.door,
        triggered_by=actor.user,
        owner=actor.user,
        priority=Priority.LOW,
        queue=QUEUE_OF_PRIORITY[Priority.LOW],
        on_lost=decide_on_lost(OnLost.AUTO, job),
    )
    submit_run(actor, None, run)
    told = {"execution": str(run.pk)}
    actor.note("start_pruning", "ledger", LEDGER, after=told, reason=reason)
    return run
