"""Somebody who looks at the rows while everything goes on, and remembers who was final."""

import sqlite3
import threading

import psycopg

from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.jobs import PATH
from tasks_app.tests.faults.tables import FINAL, Database, Row

PAUSE = 1.0
# Rows of Belfry's own jobs, such as a canary, are pruned soon.
_WORDS = ", ".join(f"'{word}'" for word in FINAL)
_ASKED = f"""
    SELECT id, status, reason, attempt, finished_at FROM task_executions
    WHERE status IN ({_WORDS}) AND celery_task_name LIKE '{PATH}.%'
    ORDER BY finished_at DESC LIMIT 1000
"""  # noqa: S608
AWAY = (psycopg.Error, sqlite3.Error)


class Sampler:
    """Looks each second while the block lasts, whenever the database answers."""

    def __init__(self, database: Database, history: History) -> None:
        self._database, self._history = database, history
        self._seen: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(PAUSE):
            try:
                self.look()
            except AWAY:
                continue

    def look(self) -> None:
        """Write down who became final since the last look."""
        fresh = [row for row in self._database.rows(_ASKED) if row["id"] not in self._seen]
        if fresh:
            self._history.note("final", rows=[_told(row) for row in fresh])
            self._seen |= {row["id"] for row in fresh}


def _told(row: Row) -> Row:
    return {**row, "finished_at": row["finished_at"].isoformat()}
