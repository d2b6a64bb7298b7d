"""Which queues have runs that are due: one jump in the index for each queue.

Counting or grouping them would read every waiting row, of which there may be a million.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import connection

from tasks_app.models.clock import clock
from tasks_app.states import WAITING, Reason

_WAITS = "status IN ({})".format(", ".join(f"'{status}'" for status in WAITING))


def overdue_queues(*spans: timedelta) -> Mapping[str, tuple[bool, ...]]:
    """By queue with due runs that are not held: for each span, whether the oldest is due longer."""
    time = clock()
    answers = ", ".join([f"oldest < {time.later}"] * len(spans))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE names (queue) AS (
                SELECT (SELECT min(queue) FROM task_executions WHERE {_WAITS})
                UNION ALL
                SELECT (SELECT min(queue) FROM task_executions
                        WHERE {_WAITS} AND queue > names.queue)
                FROM names WHERE names.queue IS NOT NULL
            )
            SELECT queue, {answers} FROM (
                SELECT queue, (
                    SELECT run_at FROM task_executions WHERE queue = names.queue AND {_WAITS}
                    AND reason <> '{Reason.PAUSED}' AND run_at IS NOT NULL
                    ORDER BY run_at LIMIT 1
                ) AS oldest FROM names WHERE queue IS NOT NULL
            ) AS waiting WHERE oldest <= {time.now}
            """,  # noqa: S608  (constants of this file and of the clock)
            [-span.total_seconds() for span in spans],
        )
        return {name: tuple(map(bool, answers)) for name, *answers in cursor.fetchall()}
