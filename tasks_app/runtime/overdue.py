"""Runs that only the main process can stop: their job holds the interpreter of its child."""

import logging
from typing import Any

from celery.worker import state
from django.conf import settings

from tasks_app.models import TaskExecution
from tasks_app.runtime.pools import can_kill

logger = logging.getLogger(__name__)


class Overdue:
    """Finds them in the thread of the worker's row, stops them on the worker's loop.

    Only the loop knows for sure which child runs which message.
    """

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self._over: set[str] = set()
        self._to_stop: set[str] = set()

    def start(self) -> None:
        """Look each second whether there is something to stop, where the pool can."""
        if can_kill(self._worker):
            self._worker.timer.call_repeatedly(1.0, self._stop_found)

    def look(self, active: set[str]) -> None:
        """Find runs here that ignored a cancel, and those whose row is decided, for two looks.

        A child stops itself at the end of its grace; the main process gives it two heartbeats more.
        """
        if not active:
            self._over = set()
            return
        margin = 2 * settings.HEARTBEAT_SECONDS
        held = TaskExecution.objects.among(active)
        overdue = held.held_by(self._worker.hostname).cancel_overdue(margin).ids()
        over = held.ended_before_grace(margin).ids()
        self._to_stop = overdue | (over & self._over)
        self._over = over

    def _stop_found(self) -> None:
        ids, self._to_stop = self._to_stop, set()
        for held in ids:
            if request := state.requests.get(held):
                logger.warning("execution=%s is stopped by the main process", held)
                request.terminate(self._worker.pool, signal="KILL")
