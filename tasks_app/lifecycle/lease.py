"""What a running attempt says: I am alive, and this far along. The answer may be: please stop."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models.functions import Now

from tasks_app.lifecycle.claim import Claim
from tasks_app.lifecycle.statements import ASKED, CLAIM, HELD, execute, given, noting_seen
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock


class Report(NamedTuple):
    """Progress as a job tells it: percent from 0 to 100, a sentence, small JSON."""

    percent: float
    message: str = ""
    data: dict[str, Any] = {}


def renew(claims: Sequence[Claim], *, lease: float) -> dict[UUID, bool]:
    """Extend the leases by `lease` seconds from now; return per id whether it is asked to stop.

    An id that is missing in the answer is no longer ours: its token was overtaken.
    """
    with_given, parameters = given(CLAIM, claims)
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET lease_until = {clock().later}, {noting_seen()}
        FROM given WHERE {HELD}
        """,
        [*parameters, lease],
        ASKED,
    )
    return {row.pk: row.cancel_requested_at is not None for row in rows}


def report_progress(claim: Claim, report: Report, *, lease: float) -> bool | None:
    """Write progress and renew the lease with it.

    Returns whether the run is asked to stop, or None if the claim was overtaken.
    """
    with_given, parameters = given(
        [
            *CLAIM,
            "progress:percent",
            "progress_message:message",
            "progress_data:data",
        ],
        [(*claim, *report)],
    )
    time = clock()
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            progress = given.percent, progress_message = given.message,
            progress_data = given.data, progress_at = {time.now}, lease_until = {time.later},
            {noting_seen()}
        FROM given WHERE {HELD}
        """,
        [*parameters, lease],
        ASKED,
    )
    return rows[0].cancel_requested_at is not None if rows else None


def note_progress(execution_id: UUID, report: Report) -> bool:
    """Write progress that somebody else than the claim's holder tells; the lease stays as it is."""
    return bool(
        TaskExecution.objects.filter(pk=execution_id)
        .running()
        .update(
            progress=report.percent,
            progress_message=report.message,
            progress_data=report.data,
            progress_at=Now(),
        )
    )
