"""What keeps a held run from being claimed: one condition of the claim's own statement.

On PostgreSQL it stands in a function. Its plan is kept by each session, so that a claim pays some
microseconds for it; the same subquery in the statement would be planned at every claim, which costs
seventy.
"""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tasks_app.models.clock import clock
from tasks_app.models.pause import EVERYTHING, QUEUE

_FUNCTION = "pauses_hold"


def make_guard(database: BaseDatabaseWrapper) -> None:
    """Make the function, or make it anew."""
    if database.vendor != "postgresql":
        return
    condition = _held_by_a_pause("of_queue", "of_task", "statement_timestamp()")
    with database.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}(of_queue varchar, of_task uuid) "
            f"RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN {condition}; END $$"
        )


def not_held() -> str:
    """SQL for a row of `task_executions` that no pause in force holds."""
    queue, task = "task_executions.queue", "task_executions.task_id"
    if connection.vendor == "postgresql":
        return f"NOT {_FUNCTION}({queue}, {task})"
    return f"NOT {_held_by_a_pause(queue, task, clock().now)}"


def _held_by_a_pause(queue: str, task: str, now: str) -> str:
    return f"""EXISTS (
        SELECT 1 FROM pauses
        WHERE (subject IN ('{EVERYTHING}', '{QUEUE}' || {queue}) OR pauses.task_id = {task})
            AND (pauses.expires_at IS NULL OR pauses.expires_at > {now})
    )"""  # noqa: S608  (our own names)
