"""The worker's row: its main process tells the database that it lives and what it holds."""

import logging
import os
import threading
from typing import Any

from celery import bootsteps
from celery.worker import state
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from tasks_app.checks import insist
from tasks_app.models import Worker
from tasks_app.runtime.forks import no_fork
from tasks_app.runtime.overdue import Overdue
from tasks_app.runtime.usage import Usage

logger = logging.getLogger(__name__)


class WorkerRow(bootsteps.StartStopStep):
    """Writes the row from a thread, so that a slow database never delays the worker's loop."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        insist()
        super().__init__(worker, **kwargs)
        self._over = threading.Event()
        self._usage = Usage()
        self._overdue = Overdue(worker)
        self._thread: threading.Thread | None = None

    def start(self, worker: Any) -> None:
        """Begin to speak."""
        self._thread = threading.Thread(
            target=self._speak, args=(worker,), name="worker-row", daemon=True
        )
        self._thread.start()
        self._overdue.start()

    def stop(self, worker: Any) -> None:
        """Say goodbye."""
        if self._thread is None:
            return
        self._over.set()
        self._thread.join(timeout=settings.HEARTBEAT_SECONDS)
        self._thread = None

    def terminate(self, worker: Any) -> None:
        """Say goodbye at a cold shutdown too."""
        self.stop(worker)

    def _speak(self, worker: Any) -> None:
        self._write(worker, started_at=Now(), stopped_at=None)
        while not self._over.wait(settings.HEARTBEAT_SECONDS):
            self._write(worker)
        self._write(worker, stopped_at=Now())

    def _write(self, worker: Any, **times: Any) -> None:
        with no_fork:
            try:
                facts = {**self._facts(worker), **times}
                Worker.objects.heard_from(worker.hostname, **facts)
                self._overdue.look(facts["held"])
            except Exception as error:  # the thread must live: without it the worker seems dead
                logger.warning("worker row not written: %r", error)
            finally:
                connection.close()

    def _facts(self, worker: Any) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "pool": worker.pool_cls.__module__.rpartition(".")[2],
            "queues": sorted(worker.app.amqp.queues.consume_from),
            "concurrency": worker.concurrency,
            "held": _held(),
            "code_version": settings.CODE_VERSION,
            **self._usage.look(),
        }


def _held() -> list[str]:
    """Ids of all messages in this worker's hands, running ones included."""
    while True:
        try:
            return sorted({*state.requests, *(request.id for request in state.active_requests)})
        except RuntimeError:  # the loop's thread changed them meanwhile
            continue
