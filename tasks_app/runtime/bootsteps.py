"""The worker's row: its main process tells the database that it lives and what it holds."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from celery import bootsteps
from celery.signals import worker_shutdown
from celery.worker import state
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from tasks_app.checks import insist
from tasks_app.models import Worker
from tasks_app.runtime import pools
from tasks_app.runtime.forks import no_fork
from tasks_app.runtime.overdue import Overdue
from tasks_app.runtime.usage import Usage

logger = logging.getLogger(__name__)


class WorkerRow(bootsteps.StartStopStep):
    """Writes the row from a thread: the worker's loop waits for it only where it forks."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        insist()
        pools.refuse_unfit(worker)
        super().__init__(worker, **kwargs)
        self._over = threading.Event()
        self._usage = Usage()
        self._overdue = Overdue(worker)
        self._thread: threading.Thread | None = None

    def start(self, worker: Any) -> None:
        """Begin to speak; go on until the pool has ended its last run."""
        pools.tell_bounds(worker)
        self._thread = threading.Thread(
            target=self._speak, args=(worker,), name="worker-row", daemon=True
        )
        self._thread.start()
        self._overdue.start()
        # Steps stop in reverse: this one's turn would come before the pool has ended.
        worker_shutdown.connect(self._say_goodbye, sender=worker)

    def _say_goodbye(self, **_: Any) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=settings.HEARTBEAT_SECONDS)

    def _speak(self, worker: Any) -> None:
        self._write(worker, started_at=Now(), stop_reason="")
        while not self._over.wait(settings.HEARTBEAT_SECONDS):
            self._write(worker)
        reason = "cold shutdown" if state.should_terminate else "warm shutdown"
        self._write(worker, stopped_at=Now(), stop_reason=reason)

    def _write(self, worker: Any, **more: Any) -> None:
        with no_fork:
            try:
                facts = {"stopped_at": None, **self._facts(worker), **more}
                Worker.objects.heard_from(worker.hostname, **facts)
                self._overdue.look(_active())
            except Exception as error:  # the thread must live: without it the worker seems dead
                logger.warning("worker row not written: %r", error)
            finally:
                connection.close()

    def _facts(self, worker: Any) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "pool": pools.name_of(worker),
            "queues": sorted(worker.app.amqp.queues.consume_from),
            "concurrency": worker.concurrency,
            "held": sorted(_held()),
            "code_version": settings.CODE_VERSION,
            **self._usage.look(),
        }


def _held() -> set[str]:
    """Ids of the executions whose messages this worker holds, running ones included."""
    return _managed(state.requests.values) | _active()


def _active() -> set[str]:
    """Ids of those that run."""
    return _managed(lambda: state.active_requests)


def _managed(requests: Callable[[], Iterable[Any]]) -> set[str]:
    """Ids of requests that have a row. The loop's thread may change them at any time."""
    while True:
        try:
            return {each.id for each in list(requests()) if each.request_dict.get("claim_token")}
        except RuntimeError:
            continue
