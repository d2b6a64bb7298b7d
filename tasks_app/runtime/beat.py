"""Belfry's beat: fires what is due, runs the sweeps beside it, and tells that it lives."""

import logging
import os
import socket
import time
from typing import Any

from celery.beat import Scheduler
from celery.schedules import crontab
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models.functions import Now

from tasks_app import registry
from tasks_app.checks import insist
from tasks_app.models import Beat, Control
from tasks_app.models.connection import steady
from tasks_app.models.timer_triggers import make_triggers, missing_triggers
from tasks_app.runtime.ringer import Ringer
from tasks_app.runtime.second_hand import SecondHand
from tasks_app.runtime.sweeper import Guarded, Sweeper
from tasks_app.runtime.sweeps import PAUSE_OF_RELAY, make_sweepers
from tasks_app.scheduling.code_entries import import_entries
from tasks_app.scheduling.comparing import repair_timers
from tasks_app.scheduling.due import look_ahead
from tasks_app.scheduling.edits import take_edits
from tasks_app.scheduling.setting_aside import try_again
from tasks_app.scheduling.tick import Fired, fire_due

logger = logging.getLogger(__name__)

# After a turn that found nothing to do because other beats were at it, or that failed.
REST, REST_AFTER_ERROR = 0.05, 1.0
# For a database that is away when a beat starts; then its supervisor may try.
PATIENCE = 600.0
# A beat whose turn takes longer is not called alive.
LONGEST_TURN = 5.0


class DueScheduler(Scheduler):
    """The scheduler of `celery -A config beat`: any number of processes share the work."""

    # An edit is seen within this; `--max-interval` or `beat_max_loop_interval` change it.
    max_interval = 0.5  # type: ignore[assignment]

    def setup_schedule(self) -> None:
        """Check what the sweeps need, and start them; wait for a database that is away.

        Raises ImproperlyConfigured.
        """
        insist()
        steady(self._prepare, patience=PATIENCE)
        self._ringer = Ringer()
        self._ringer.start()
        self._sweepers = self._make_sweepers()
        for sweeper in self._sweepers:
            sweeper.start()

    def _prepare(self) -> None:
        if not Control.objects.exists():
            raise ImproperlyConfigured("The control row is missing. Run: manage.py migrate")
        Beat.objects.forgotten().delete()
        self.name = f"{socket.gethostname()}@{os.getpid()}"
        self._lag = 0.0
        self._turned_at, self._wait = time.monotonic(), 0.0
        self._turn = Guarded(self.turn)
        self._second_hand = SecondHand(self._followed)
        self._sees_edits = _make_sure_of_triggers()
        self._say(sees_edits=self._sees_edits, swept_at=None)
        import_entries({**self._default_entries(), **self.app.conf.beat_schedule})
        try_again()

    def _make_sweepers(self) -> list[Sweeper]:
        return make_sweepers(self.name, self._alive, self._swept, sees_edits=self._sees_edits)

    def _default_entries(self) -> dict[str, Any]:
        """What clears up at night: the ledger's retention, and what every Celery beat schedules."""
        entries = {}
        if self.app.conf.result_expires:
            entries[registry.CLEAN_UP] = _nightly(registry.CLEAN_UP, "0", "4")
        if any(settings.RETENTION_DAYS.values()):
            pruning = _nightly(registry.PRUNING, "30", "3", queue="low_priority", priority=9)
            entries[registry.PRUNING] = pruning
        return entries

    def tick(self, *_: Any, **__: Any) -> float:
        """Fire what is due; return the seconds until the next look. Never raises."""
        worked = self._turn()
        self._turned_at = time.monotonic()
        self._wait = min(self._wait, self.max_interval) if worked else REST_AFTER_ERROR
        return self._wait

    def turn(self) -> None:
        """One look at the due index; a batch of what is due and one of what was edited."""
        ahead = look_ahead()
        if not (ahead.is_due or ahead.is_edited):
            self._wait = self.max_interval if ahead.seconds is None else ahead.seconds
            return
        # Ticks first, and handed over at once: whatever is wrong with an edit keeps none waiting.
        fired = self._followed(fire_due()) if ahead.is_due else Fired()
        self._second_hand.help_with(fired)
        edited = self._followed(take_edits()) if ahead.is_edited else Fired()
        self._lag = max(self._lag, fired.lag)
        self._wait = 0.0 if fired.served or edited.served else REST

    def _followed(self, batch: Fired) -> Fired:
        if batch.bells or batch.schedules:
            self._ringer.follow(batch)
        return batch

    def _alive(self) -> None:
        """Say that this process keeps the time, as long as it does."""
        if time.monotonic() - self._turned_at < LONGEST_TURN + self._wait:
            lag, self._lag = self._lag, 0.0
            self._say(lag=lag)

    def _say(self, **facts: Any) -> None:
        Beat.objects.heard_from(
            self.name,
            pid=os.getpid(),
            code_version=settings.CODE_VERSION,
            **{"stopped_at": None, **facts},
        )

    def _swept(self) -> None:
        Beat.objects.filter(name=self.name).update(swept_at=Now())

    def close(self) -> None:
        """Ring for what was fired, stop the sweeps and say goodbye."""
        self._ringer.finish(within=3)
        for sweeper in self._sweepers:
            sweeper.over.set()
        for sweeper in self._sweepers:
            sweeper.join(timeout=3)
        try:
            self._say(stopped_at=Now())
        finally:
            connection.close()

    @property
    def info(self) -> str:
        """What `celery beat` prints at start, before the schedule is set up."""
        return f"    . looks each {self.max_interval:g} s, relay each {PAUSE_OF_RELAY:g} s"


def _nightly(job: str, minute: str, hour: str, **options: Any) -> dict[str, Any]:
    expiry = {"expire_seconds": 12 * 3600}
    return {"task": job, "schedule": crontab(minute, hour), "options": {**expiry, **options}}


def _make_sure_of_triggers() -> bool:
    """Make the triggers that are missing; whether all are there, so that edits are seen at once."""
    if missing_triggers(connection):
        try:
            make_triggers(connection)
            repair_timers()
        except Exception as error:  # such as a role that may not; beat works on without
            logger.error("triggers of the timers cannot be made: %s", error)
    if missing := missing_triggers(connection):
        logger.error(
            "Triggers are missing: %s. Edits of schedules are found by comparing them bit by bit, "
            "which takes longer. Run manage.py migrate with a role that owns the tables.",
            ", ".join(sorted(missing)),
        )
    return not missing
