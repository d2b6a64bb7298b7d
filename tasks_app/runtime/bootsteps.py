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
from tasks_app.maintenance import WatchOverBeats
from tasks_app.models import Worker
from tasks_app.runtime import pools, quiet
from tasks_app.runtime.delivering import deliver_spooled
from tasks_app.runtime.forks import no_fork
from tasks_app.runtime.giving_back import give_back_unbegun
from tasks_app.runtime.overdue import Overdue
from tasks_app.runtime.tally import tally
from tasks_app.runtime.usage import Usage

logger = logging.getLogger(__name__)

# A worker without a goodbye counts as one that holds its messages, for three heartbeats.
TRIES_OF_GOODBYE = 3


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
        self._watch = WatchOverBeats(worker.hostname)
        self._thread: threading.Thread | None = None

    def start(self, worker: Any) -> None:
        """Begin to speak; go on until the pool has ended its last run."""
        pools.tell_bounds(worker)
        self._thread = threading.Thread(
            target=self._speak, args=(worker,), name="worker-row", daemon=True
        )
        self._thread.start()
        self._overdue.start()
        pools.look_for_dead_children(worker)
        # Steps stop in reverse: this one's turn would come before the pool has ended.
        worker_shutdown.connect(self._say_goodbye, sender=worker)

    def stop(self, worker: Any) -> None:
        """A warm shutdown: nothing more is consumed, and the pool has still to end its runs."""
        give_back_unbegun(worker)

    def terminate(self, worker: Any) -> None:
        """A cold shutdown: Celery sends no signal, and the pool has ended its runs by now."""
        self._say_goodbye()

    def _say_goodbye(self, **_: Any) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=settings.HEARTBEAT_SECONDS)

    def _speak(self, worker: Any) -> None:
        """What an earlier worker of this machine has left in the spool is delivered at once."""
        self._write(worker, started_at=Now(), stop_reason="")
        while not self._over.wait(settings.HEARTBEAT_SECONDS):
            self._write(worker)
        reason = "cold shutdown" if state.should_terminate else "warm shutdown"
        for _ in range(TRIES_OF_GOODBYE):
            if self._write(worker, stopped_at=Now(), stop_reason=reason):
                return

    def _write(self, worker: Any, **more: Any) -> bool:
        """Write the row, and what waits to be written with it; return whether it is written."""
        with no_fork:
            try:
                facts = {"stopped_at": None, **self._facts(worker), **more}
                Worker.objects.heard_from(worker.hostname, **facts)
                self._overdue.look(_active())
                self._watch.look()
                tally.flush()
            except Exception as error:  # the thread must live: without it the worker seems dead
                logger.warning("worker row not written: %r", error)
                return False
            finally:
                connection.close()
        deliver_spooled()
        return True

    def _facts(self, worker: Any) -> dict[str, Any]:
        queues = sorted(worker.app.amqp.queues.consume_from)
        return {
            "pid": os.getpid(),
            "pool": pools.name_of(worker),
            "queues": queues,
            "quiet": quiet.seconds_of(queues),
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
