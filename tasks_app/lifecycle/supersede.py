"""A newer run takes the place of one that waits and is like it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from tasks_app.lifecycle.following import follow
from tasks_app.lifecycle.statements import ENDED, execute, given, listed
from tasks_app.models import TaskExecution
from tasks_app.models.clock import clock
from tasks_app.states import WAITING, Reason, Status


@transaction.atomic
def supersede(ids: Sequence[UUID]) -> list[UUID]:
    """`pending` or `retry` → `revoked`, `overlap`; return the ids of those that still waited."""
    if not ids:
        return []
    with_given, parameters = given(("id",), [(each,) for each in ids])
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            status = '{Status.REVOKED}', reason = '{Reason.OVERLAP}', finished_at = {clock().now}
        FROM given
        WHERE task_executions.id = given.id AND status IN ({listed(WAITING)})
        """,
        parameters,
        ENDED,
    )
    follow(rows, {})
    return [row.pk for row in rows]


def free_period(period_key: str) -> None:
    """Let another run have the period of one that ended without having begun."""
    TaskExecution.objects.of_period(period_key).never_began().update(period_key=None)
