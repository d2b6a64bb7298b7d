"""What a running attempt saves for the next one, should it not reach its end."""

from typing import Any

from tasks_app.lifecycle.claim import Claim
from tasks_app.lifecycle.statements import ASKED, CLAIM, HELD, execute, given, noting_seen
from tasks_app.models.clock import clock


def save_checkpoint(claim: Claim, data: Any, *, lease: float) -> bool | None:
    """Write `data`, plain JSON, and renew the lease with it; no later move takes it away.

    Returns whether the run is asked to stop, or None if the claim was overtaken.
    """
    with_given, parameters = given([*CLAIM, "checkpoint:data"], [(*claim, data)])
    rows = execute(
        f"""
        {with_given}
        UPDATE task_executions SET
            checkpoint = given.data, lease_until = {clock().later}, {noting_seen()}
        FROM given WHERE {HELD}
        """,
        [*parameters, lease],
        ASKED,
    )
    return rows[0].cancel_requested_at is not None if rows else None
