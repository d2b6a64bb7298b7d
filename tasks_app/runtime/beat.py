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
# Reapers look every other sweep: a lease lasts many seconds, a doorbell should ring within one.
SWEEPS_A_REAP = 2


class Sweeper(threading.Thread):
    """Relay and reaper in a thread with a connection of its own: a hung broker delays no tick."""

    def __init__(self, name: str) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.beat_name = name
        self.over = threading.Event()
        self._relay = Relay()
        self._failing: set[str] = set()

    def run(self) -> None:
        """Sweep each second until told to stop. One failing sweep never stops the others."""
        count = 0
        while not self.over.wait(TICK):
            self._guarded(ring_unsent)
            self._guarded(self._relay.ring_missing)
            if count % SWEEPS_A_REAP == 0:
                self._guarded(reap)
            self._guarded(self._swept)
            count += 1
        connection.close()

    def _swept(self) -> None:
        Beat.objects.heard_from(self.beat_name, pid=os.getpid(), swept_at=Now())

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
        self.name = f"{socket.gethostname()}@{os.getpid()}"
        Beat.objects.heard_from(
            self.name,
            pid=os.getpid(),
            code_version=settings.CODE_VERSION,
            swept_at=None,
            stopped_at=None,
        )
        self._sweeper = Sweeper(self.name)
        self._sweeper.start()

    def tick(self, *_: Any, **__: Any) -> float:
        """Say that this process lives; return the seconds until the next tick. Never raises."""
        started = time.monotonic()
        try:
            steady(self._heard_from, patience=TICK)
        except Error as error:
            logger.warning("beat row not written: %s", error)
        return max(TICK - (time.monotonic() - started), 0.05)

    def _heard_from(self) -> None:
        Beat.objects.heard_from(self.name, pid=os.getpid())

    def close(self) -> None:
        """Stop the sweeps and say goodbye."""
        self._sweeper.over.set()
        self._sweeper.join(timeout=5)
        try:
            Beat.objects.heard_from(self.name, pid=os.getpid(), stopped_at=Now())
        finally:
            connection.close()

    @property
    def info(self) -> str:
        """What `celery beat` prints at start, before the schedule is set up."""
        return f"    . sweeps each {TICK:g} s"
