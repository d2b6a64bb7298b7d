"""Rows of attempts: kept for every try that failed, was lost or was given back."""

from collections.abc import Sequence

from django.db.models.functions import Now

from tasks_app.lifecycle.statements import returning
from tasks_app.models import Attempt, TaskExecution
from tasks_app.states import AttemptOutcome

# What a move must return so that its attempt can be kept, and what waits for its end submitted.
TOLD = returning(
    "id",
    "task_id",
    "celery_task_name",
    "status",
    "reason",
    "on_lost",
    "attempt",
    "worker",
    "claim_token",
    "code_version",
    "started_at",
    "error",
    "error_type",
    "traceback",
    "cancel_requested_at",
    "owner_id",
    "envelope",
)


def keep(rows: Sequence[TaskExecution], outcome: AttemptOutcome) -> None:
    """Keep the attempt that just ended for each of these rows, which a claim had started."""
    if not rows:
        return
    Attempt.objects.bulk_create(
        Attempt(
            execution_id=row.pk,
            number=row.attempt,
            outcome=outcome,
            worker=row.worker,
            claim_token=row.claim_token,
            code_version=row.code_version,
            started_at=row.started_at,  # type: ignore[misc]
            ended_at=Now(),
            error=row.error,
            traceback=row.traceback,
        )
        for row in rows
    )
