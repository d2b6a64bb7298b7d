"""Belfry's beat: keeps the time, runs the sweeps beside it, and tells that it lives."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from celery.beat import Scheduler
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.models.functions import Now

from tasks_app.checks import insist
from tasks_app.maintenance import Relay, reap, ring_unsent
from tasks_app.models import Beat, Control
from tasks_app.models.connection import steady

logger = logging.getLogger(__name__)

TICK = 1.0
# A lease lasts many seconds, a doorbell should ring within one.
PAUSE_OF_RELAY, PAUSE_OF_REAPER = 1.0, 2.0


class Sweeper(threading.Thread):
    """Some sweeps in a thread with a connection of its own, so that nothing they wait for
    delays a tick or the sweeps of another thread."""

    def __init__(self, pause: float, *sweeps: Callable[[], object]) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.over = threading.Event()
        self._pause = pause
        self._sweeps = sweeps
        self._failing: set[str] = set()

    def run(self) -> None:
        """Sweep until told to stop. One failing sweep never stops the others."""
        while not self.over.wait(self._pause):
            for sweep in self._sweeps:
                self._guarded(sweep)
        connection.close()

    def _guarded(self, sweep: Callable[[], object]) -> None:
        """Sweep; tell when it begins to fail and when it works again, not each second."""
        name = sweep.__name__
        try:
            connection.close_if_unusable_or_obsolete()
            sweep()
        except Exception as error:  # the next second brings the next try, whatever went wrong
            if name not in self._failing:
                logger.warning("sweep=%s fails: %r", name, error)
            self._failing.add(name)
            if isinstance(error, Error):
                connection.close()
        else:
            if name in self._failing:
                logger.warning("sweep=%s works again", name)
            self._failing.discard(name)


class DueScheduler(Scheduler):
    """The scheduler of `celery -A config beat`."""

    def setup_schedule(self) -> None:
        """Check what the sweeps need, and start them. Raises ImproperlyConfigured."""
        insist()
        if not Control.objects.exists():
            raise ImproperlyConfigured("The control row is missing. Run: manage.py migrate")
        Beat.objects.forgotten().delete()
        self.name = f"{socket.gethostname()}@{os.getpid()}"
        Beat.objects.heard_from(
            self.name,
            pid=os.getpid(),
            code_version=settings.CODE_VERSION,
            swept_at=None,
            stopped_at=None,
        )
        # The relay may wait for a broker that hangs; the reaper must look on, or the gap in its
        # watch would keep it from ever deciding anything.
        relay = Sweeper(PAUSE_OF_RELAY, ring_unsent, Relay().ring_missing)
        self._sweepers = [relay, Sweeper(PAUSE_OF_REAPER, reap, self._swept)]
        for sweeper in self._sweepers:
            sweeper.start()

    def tick(self, *_: Any, **__: Any) -> float:
        """Say that this process lives; return the seconds until the next tick. Never raises."""
        started = time.monotonic()
        try:
            steady(self._heard_from, patience=TICK)
        except Exception as error:  # an error that leaves a tick would end beat
            logger.warning("beat row not written: %r", error)
        return max(TICK - (time.monotonic() - started), 0.05)

    def _heard_from(self) -> None:
        Beat.objects.heard_from(self.name, pid=os.getpid(), stopped_at=None)

    def _swept(self) -> None:
        Beat.objects.heard_from(self.name, pid=os.getpid(), swept_at=Now())

    def close(self) -> None:
        """Stop the sweeps and say goodbye."""
        for sweeper in self._sweepers:
            sweeper.over.set()
        for sweeper in self._sweepers:
            sweeper.join(timeout=3)
        try:
            Beat.objects.heard_from(self.name, pid=os.getpid(), stopped_at=Now())
        finally:
            connection.close()

    @property
    def info(self) -> str:
        """What `celery beat` prints at start, before the schedule is set up."""
        return f"    . relay each {PAUSE_OF_RELAY:g} s, reaper each {PAUSE_OF_REAPER:g} s"
