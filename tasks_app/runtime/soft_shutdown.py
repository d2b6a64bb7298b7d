"""SIGQUIT lets what runs go on for a while: until the last run has ended, if that comes first.

Celery sleeps through the whole while in the handler of the signal, and holds on to messages that
nobody has begun. The handler stops the worker's loop, so only the ledger tells what still runs.
"""

import logging
import threading
import time
from typing import Any

from celery.apps.worker import Worker as CelerysWorker
from celery.worker import state
from django.db import Error, connection

from tasks_app.models import TaskExecution
from tasks_app.runtime.forks import no_fork
from tasks_app.runtime.giving_back import give_back_at_once
from tasks_app.runtime.threads import start_deaf

logger = logging.getLogger(__name__)

_Base: Any = CelerysWorker
# In seconds. A child that has written its last word still has to leave Celery's own hooks.
PAUSE = 0.5


class Worker(_Base):
    """Celery's, with a shorter wait."""

    def wait_for_soft_shutdown(self) -> None:
        """Called in the signal's handler, before what still runs is stopped."""
        longest = self.app.conf.worker_soft_shutdown_timeout
        running = list(state.active_requests)
        if longest <= 0 or not running:
            super().wait_for_soft_shutdown()
            return
        logger.warning("%d run(s) may go on for %s s", len(running), longest)
        give_back_at_once(self)
        over = threading.Event()
        if all(request.request_dict.get("claim_token") for request in running):
            watch = threading.Thread(target=self._watch, args=(over, longest), daemon=True)
            start_deaf(watch)
        over.wait(longest)

    def _watch(self, over: threading.Event, longest: float) -> None:
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            time.sleep(PAUSE)
            if not self._runs_anything():
                time.sleep(PAUSE)
                over.set()
                return

    def _runs_anything(self) -> bool:
        """Whether a child still works on a run; taken for true while the database is away."""
        with no_fork:
            try:
                return TaskExecution.objects.held_by(self.hostname).exists()
            except Error:
                return True
            finally:
                connection.close()
