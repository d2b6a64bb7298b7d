"""How many tasks are in each status, by one statement."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection

from tasks_app.models.task_queries import TaskQuerySet
from tasks_app.states import FINAL, LIVE, Status

ENDED = tuple(status for status in FINAL if status != Status.SKIPPED)
# What only a live run can make of a task; one that never ran is pending, too.
ONLY_LIVE = {Status.STARTED, Status.RETRY}


def count_by_status(tasks: TaskQuerySet, statuses: Collection[Status] = ()) -> Counter[str]:
    """The number of these tasks in each status, which is that of `with_status`.

    Where only some `statuses` are wanted, others may be left out.
    """
    is_only_live = statuses and ONLY_LIVE.issuperset(statuses)
    if connection.vendor == "sqlite" and not is_only_live:
        return _of_each(tasks)
    chosen, parameters = tasks.order_by().values("pk").query.sql_with_params()
    is_chosen, given = f"task_id IN ({chosen})", tuple(parameters)
    if not tasks.query.has_filters():
        is_chosen, given = "task_id IS NOT NULL", ()
    with_live = f"WITH live AS ({_runs(LIVE, is_chosen)})"
    if is_only_live:
        return _counted(f"{with_live} {_newest('live')}", given)
    sql = f"""
        {with_live}, ended AS (
            {_runs(ENDED, is_chosen)} AND task_id NOT IN (SELECT task_id FROM live))
        {_newest("live")} UNION ALL {_newest("ended")}
        UNION ALL SELECT '', COUNT(*) FROM ({chosen}) AS chosen
        """
    counted = _counted(sql, (*given, *given, *parameters))
    all_of_them = counted.pop("")
    counted[Status.PENDING] += all_of_them - counted.total()
    return counted


def _of_each(tasks: TaskQuerySet) -> Counter[str]:
    """By a subquery for each task: the quicker way where rows lie as near as their index, and the
    slower one by far on PostgreSQL."""
    chosen, parameters = tasks.order_by().values("pk").query.sql_with_params()
    # Words, not parameters: SQLite takes a partial index for nothing else.
    newest = [
        f"""(SELECT status FROM task_executions WHERE task_id = chosen.pk
            AND {which} ORDER BY created_at DESC, id DESC LIMIT 1)"""
        for which in (f"status IN ({_listed(LIVE)})", f"status <> '{Status.SKIPPED}'")
    ]
    status = f"COALESCE({', '.join(newest)}, '{Status.PENDING}')"
    known = f"SELECT {status} AS status FROM ({chosen}) AS chosen"
    return _counted(f"SELECT status, COUNT(*) FROM ({known}) AS known GROUP BY status", parameters)


def _listed(statuses: Iterable[Status]) -> str:
    return ", ".join(f"'{status}'" for status in statuses)


def _runs(statuses: Iterable[Status], is_chosen: str) -> str:
    return f"""
        SELECT task_id, status,
            row_number() OVER (PARTITION BY task_id ORDER BY created_at DESC, id DESC) AS place
        FROM task_executions WHERE status IN ({_listed(statuses)}) AND {is_chosen}"""


def _newest(runs: str) -> str:
    return f"SELECT status, COUNT(*) FROM {runs} WHERE place = 1 GROUP BY status"


def _counted(sql: str, parameters: Sequence[Any]) -> Counter[str]:
    counted: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for status, number in cursor.fetchall():
            counted[status] += number
    return counted
