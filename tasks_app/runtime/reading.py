"""What `AsyncResult` reads: the row of a run, or the table of what has no row.

Celery's own jobs, steps that never ran and groups have none; they live in django-celery-results'
tables, or in the backend of CELERY_RESULT_BACKEND.
"""

import math
import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from celery import states
from celery.app.backends import by_url
from django.db import connection
from django_celery_results.backends import DatabaseBackend

from tasks_app import lifecycle
from tasks_app.runtime.canvas.parts import member
from tasks_app.runtime.loops import beside_the_loop
from tasks_app.runtime.meta import as_meta, read_row
from tasks_app.runtime.settling import in_main_process

# Seconds between the first two looks of `get()`.
FIRST_PAUSE = 0.02


class ResultReading(DatabaseBackend):
    """The half of the backend that answers callers."""

    def get_task_meta(self, task_id: str, cache: bool = True) -> dict[str, Any]:
        """What is read in a transaction is not for later readers."""
        return beside_the_loop(partial(self._read_meta, task_id, cache))

    def _read_meta(self, task_id: str, cache: bool) -> dict[str, Any]:
        lasting = cache and not connection.in_atomic_block
        return dict(super().get_task_meta(task_id, cache=lasting))

    def wait_for(
        self,
        task_id: str,
        timeout: float | None = None,
        interval: float = 0.5,
        no_ack: bool = True,
        on_interval: Callable[[], Any] | None = None,
    ) -> dict[str, Any]:
        """Look often at first, then each `interval` seconds. Raises Celery's TimeoutError."""
        self._ensure_not_eager()
        began, pause = time.monotonic(), FIRST_PAUSE
        while (meta := self.get_task_meta(task_id))["status"] not in states.READY_STATES:
            if on_interval:
                on_interval()
            left = math.inf if timeout is None else began + timeout - time.monotonic()
            if left <= 0:
                raise self.TimeoutError("The operation timed out.")
            time.sleep(min(pause, interval, left))
            pause *= 1.5
        return meta

    def _get_task_meta_for(self, task_id: str) -> dict[str, Any]:
        row = member(task_id) or in_main_process(partial(read_row, task_id))
        if row is not None:
            return dict(self.meta_from_decoded(as_meta(row)))
        meta = dict(super()._get_task_meta_for(task_id))
        if self.other and meta["status"] == states.PENDING:
            return dict(self.other._get_task_meta_for(task_id))
        return meta

    def _forget(self, task_id: str) -> None:
        """Drop the value; that it ran, and how it ended, stays in the ledger."""
        row = in_main_process(partial(read_row, task_id))
        if row is not None:
            in_main_process(partial(lifecycle.forget, row.pk))
        elif self.other:
            self.other._forget(task_id)
        else:
            super()._forget(task_id)

    @cached_property
    def other(self) -> Any:
        """The backend of CELERY_RESULT_BACKEND, for what has no row; None for the database."""
        name = self.app.conf.result_backend
        if name in (None, "django-db"):
            return None
        found: Any = by_url(name, self.app.loader)
        cls, url = found
        return cls(app=self.app, url=url)
