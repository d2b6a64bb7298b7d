"""Runs that are old enough to go: found by index, page by page, without a lock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tasks_app.models.control import database_time
from tasks_app.states import LIVE, Status

BATCH = 1000
# A request that is repeated within this finds the run that its key made.
IDEMPOTENCY_WINDOW = timedelta(hours=24)
# The catch-up window of a schedule without a task, in seconds.
DEFAULT_WINDOW = 3600
# A moment some seconds before a given one.
_EARLIER = {
    "postgresql": "(%s - {seconds} * interval '1 second')",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', %s, '-' || {seconds} || ' seconds')",
}
# Whether the body of a chord waits for it, or did.
_IN_CHORD = {
    "postgresql": "run.envelope -> 'chord' IS NOT NULL",
    "sqlite": "json_type(run.envelope, '$.chord') IS NOT NULL",
}
_LIVE = ", ".join(f"'{status}'" for status in LIVE)


class OldRun(NamedTuple):
    """As the database itself writes these: they are handed back to it, and only compared here."""

    id: Any
    task_id: Any
    created_at: Any
    has_live_child: bool
    is_in_chord: bool

    @property
    def pk(self) -> UUID:
        return self.id if isinstance(self.id, UUID) else UUID(self.id)

    @property
    def place(self) -> tuple[Any, Any]:
        return self.created_at, self.id


def old_runs(status: Status, age: timedelta, keep_last: int) -> Iterator[list[OldRun]]:
    """The runs that ended in `status` longer ago than `age`, the oldest first.

    Left out: what is younger than the idempotency window of its key, the catch-up window of its
    schedule or the period that its task runs once in, and the newest `keep_last` of each task.
    """
    now = database_time()
    newest = _Newest(keep_last)
    page: list[OldRun] = []
    while page := _page(status, now, age, page[-1:]):
        if old := newest.without_kept(page):
            yield old


def page_statement(*, is_first: bool) -> str:
    """The SQL of one page; it walks the index of a status by `created_at`."""
    earlier = _EARLIER[connection.vendor]
    window = earlier.format(seconds=f"COALESCE(task.catch_up_window, {DEFAULT_WINDOW})")
    period = earlier.format(seconds="COALESCE(task.unique_for, 0)")
    return f"""
        SELECT run.id, run.task_id, run.created_at, EXISTS (
            SELECT 1 FROM task_executions AS child
            WHERE child.parent_id = run.id AND child.status IN ({_LIVE})
        ), {_IN_CHORD[connection.vendor]}
        FROM task_executions AS run
        LEFT JOIN tasks AS task ON task.id = run.task_id
        WHERE run.status = %s AND run.created_at < %s AND run.finished_at < %s
        AND (run.idempotency_key IS NULL OR run.created_at < %s)
        AND (run.schedule_id IS NULL OR run.created_at < {window})
        AND (run.period_key IS NULL OR run.created_at < {period})
        {"" if is_first else "AND (run.created_at, run.id) > (%s, %s)"}
        ORDER BY run.created_at, run.id LIMIT {BATCH}
        """  # noqa: S608  (our own numbers)


def _page(status: Status, now: datetime, age: timedelta, last: list[OldRun]) -> list[OldRun]:
    moments = [now - age, now - age, now - IDEMPOTENCY_WINDOW, now, now]
    written = [connection.ops.adapt_datetimefield_value(moment) for moment in moments]
    place = last[0].place if last else ()
    with connection.cursor() as cursor:
        cursor.execute(page_statement(is_first=not last), [status.value, *written, *place])
        return [OldRun(*row) for row in cursor.fetchall()]


class _Newest:
    """The newest runs of each task, which stay. A task is looked up once in a pass: runs that came
    since would only let older ones go."""

    def __init__(self, keep_last: int) -> None:
        self._keep_last = keep_last
        # By task, the place of the oldest run that is kept; None if there are not so many.
        self._first_kept: dict[Any, tuple[Any, Any] | None] = {}

    def without_kept(self, page: list[OldRun]) -> list[OldRun]:
        if not self._keep_last:
            return page
        self._look_up({run.task_id for run in page} - {None} - self._first_kept.keys())
        return [run for run in page if not self._is_kept(run)]

    def _is_kept(self, run: OldRun) -> bool:
        if run.task_id is None:
            return False
        first = self._first_kept[run.task_id]
        return first is None or run.place >= first

    def _look_up(self, tasks: set[Any]) -> None:
        if not tasks:
            return
        self._first_kept |= dict.fromkeys(tasks)
        with connection.cursor() as cursor:
            nth = self._keep_last - 1
            cursor.execute(newest_statement(len(tasks)), [nth, nth, *tasks])
            for task, created_at, pk in cursor.fetchall():
                self._first_kept[task] = (created_at, pk) if pk else None


def newest_statement(tasks: int) -> str:
    """The SQL that finds the nth newest run of so many tasks: two short walks of an index each.

    Not a join, for which a planner might read the whole table.
    """
    nth = f"""
        SELECT run.{{column}} FROM task_executions AS run
        WHERE run.task_id = task.id AND run.status <> '{Status.SKIPPED}'
        ORDER BY run.created_at DESC, run.id DESC LIMIT 1 OFFSET %s
        """  # noqa: S608  (our own word)
    moment, pk = nth.format(column="created_at"), nth.format(column="id")
    among = ", ".join(["%s"] * tasks)
    return f"SELECT task.id, ({moment}), ({pk}) FROM tasks AS task WHERE task.id IN ({among})"  # noqa: S608
