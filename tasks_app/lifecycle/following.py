"""What waits for the end of a run is submitted in the transaction of its last word.

So a crash loses no step, and a word that does not count starts none.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from tasks_app import registry
from tasks_app.models import Event, TaskExecution
from tasks_app.states import FINAL, Status, Trigger

logger = logging.getLogger(__name__)


def follow(rows: Iterable[TaskExecution], values: Mapping[UUID, Any]) -> None:
    """Submit what follows those of the rows that have their last word now.

    `values` are what successes pass on. An error of what follows a success is raised: it is that
    run's own. What follows another end is set aside with its error, for the end itself must stand.
    """
    for row in rows:
        if row.status not in FINAL or not row.is_followed:
            continue
        if row.status == Status.SUCCESS:
            registry.what_follows(row, values.get(row.pk))
        else:
            _follow_failure(row)


def _follow_failure(row: TaskExecution) -> None:
    try:
        with transaction.atomic():
            registry.what_follows(row, None)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever somebody hung on the end of this run
        set_aside(row.pk, "what waits for its end", error)


def set_aside(execution_id: UUID, what: str, error: Exception) -> None:
    """Log and note in the audit trail what could not be submitted after a run that did not succeed;
    its end stands."""
    logger.exception("execution=%s %s is not submitted", execution_id, what)
    Event.objects.create(
        door=Trigger.SYSTEM,
        verb="follow_failed",
        subject="execution",
        subject_id=execution_id,
        reason=f"Not submitted: {what}. {error}"[:2000],
    )
