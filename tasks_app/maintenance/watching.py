"""Processes watch each other: beats look at everything, workers at the beats."""

import time
from collections.abc import Callable

from django.conf import settings

from tasks_app.maintenance.alarms import raise_or_end
from tasks_app.maintenance.canary import call_canaries, withdraw_canaries
from tasks_app.models import Beat, Worker
from tasks_app.models.alarm import AlarmKind
from tasks_app.models.beat import SILENT_AFTER
from tasks_app.reporting import watching


class Unbroken:
    """Whether this process could look without a gap, for as long as silence takes to mean anything.

    After the database was away or the machine asleep, everybody's last word is old.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._looked_at = self._since = float("-inf")

    def look(self) -> bool:
        """Note a look; true once the looks of the last 10 s were no further apart than the gap."""
        now = time.time()
        if abs(now - self._looked_at) > self._gap:
            self._since = now
        self._looked_at = now
        return now - self._since >= SILENT_AFTER.total_seconds()


def make_watch(by: str, pause: float) -> Callable[[], None]:
    """The look at everything of the beat `by`, each `pause` seconds. It may wait for a broker that
    hangs."""
    unbroken = Unbroken(3 * pause)

    def watch() -> None:
        if unbroken.look():
            _watch(by)

    return watch


def _watch(by: str) -> None:
    workers, beats = list(Worker.objects.on_duty()), list(Beat.objects.on_duty())
    waiting, long_waiting = watching.overdue()
    if withdraw_canaries(watching.unserved_queues(waiting, workers)):
        waiting, long_waiting = watching.overdue()
    away = watching.broker_away()
    found = {
        AlarmKind.WORKER_SILENT: watching.silent_workers(workers),
        AlarmKind.BEAT_SILENT: watching.silent_beats(beats),
        AlarmKind.TICKS_LATE: watching.late_ticks(beats),
        AlarmKind.QUEUE_UNSERVED: watching.unserved_queues(waiting, workers),
        AlarmKind.BROKER_DOWN: away,
        AlarmKind.NEAR_CAP: watching.near_caps(),
        **watching.beatless(),
    }
    # Without a broker nobody can take anything.
    if not away:
        found[AlarmKind.QUEUE_NOT_TAKEN] = watching.untaken_queues(long_waiting, workers)
    raise_or_end(found, by)
    if not away:
        call_canaries(watching.quiet_queues(workers))


class WatchOverBeats:
    """A worker's look at the beats: one statement as long as one lives."""

    def __init__(self, by: str) -> None:
        self._by = by
        self._unbroken = Unbroken(3 * settings.HEARTBEAT_SECONDS)
        # Another process may have raised what this one finds over.
        self._was_missing = True

    def look(self) -> None:
        """Raise or end the alarm that no beat lives."""
        if not self._unbroken.look():
            return
        found = watching.beatless()
        is_missing = any(found.values())
        if is_missing or self._was_missing:
            raise_or_end(found, self._by)
        self._was_missing = is_missing
