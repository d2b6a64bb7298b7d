"""Whether there is room for more runs that wait: what was counted last, and what came since.

Counting at every submit would cost more than the submit. So the sweep counts every few seconds,
each process reads its figure once a second and adds what it has let in since itself: a burst stops
at the cap, and several processes together pass it by what they let in between two counts at most.
"""

import math
import time
from threading import Lock
from typing import NamedTuple

from django.conf import settings

from tasks_app.models.waiting import Waiting, count_waiting, kept_waiting
from tasks_app.reporting.admitted import Admitted

# Seconds. Without a beat the stored count grows old, and each process counts by itself.
LOOK_EVERY, COUNT_EVERY, OLD = 1.0, 10.0, 60.0
# A count takes no more than one part in so many of the time.
SHARE = 20
# How long to wait is told where the number does not fall, and at most.
UNKNOWN, LONGEST = 30, 600


class Shortage(NamedTuple):
    """Which cap is in the way: `most` runs may wait, `waiting` do, and seconds until it may fit."""

    waiting: int
    most: int
    is_own: bool
    seconds: int


class _Counted(NamedTuple):
    waiting: Waiting
    at: float


class Backlog:
    """What this process knows of the runs that wait. Safe for threads, which never wait for each
    other's statements."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._admitted = Admitted()
        self._counted = self._before = _Counted(Waiting(), -math.inf)
        self._looked_at = self._count_again_at = -math.inf

    def admit(self, owner_id: int | None, count: int = 1) -> Shortage | None:
        """Take so many for runs that wait from now on; a Shortage instead if there is no room.

        All of them or none. Runs without an owner have the cap of the installation only.
        """
        self._look()
        with self._lock:
            shortage = self._shortage(owner_id, count)
            if shortage is None:
                self._admitted.add(owner_id, count, time.monotonic())
            return shortage

    def give_up(self, owner_id: int | None, count: int) -> None:
        """Free the room of runs that were not written down after all."""
        with self._lock:
            self._admitted.add(owner_id, -count, time.monotonic())

    def _shortage(self, owner_id: int | None, count: int) -> Shortage | None:
        counted, before = self._counted.waiting, self._before.waiting
        if owner_id is not None:
            own, most = counted.owners.get(owner_id, 0), settings.WAITING_RUNS_PER_OWNER_MAX
            waiting = own + self._admitted.of(owner_id)
            if waiting + count > most:
                fallen = before.owners.get(owner_id, 0) - own
                return Shortage(waiting, most, True, self._seconds(waiting + count - most, fallen))
        waiting, most = counted.all + self._admitted.all, settings.WAITING_RUNS_MAX
        if waiting + count > most:
            fallen = before.all - counted.all
            return Shortage(waiting, most, False, self._seconds(waiting + count - most, fallen))
        return None

    def _seconds(self, surplus: int, fallen: int) -> int:
        """Until so many have gone, as fast as they went between the last two counts."""
        passed = self._counted.at - self._before.at
        if fallen <= 0 or not math.isfinite(passed):
            return UNKNOWN
        return min(max(math.ceil(surplus * passed / fallen), 1), LONGEST)

    def _look(self) -> None:
        """Learn what was counted, if it is time; other threads go on with what is known."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY:
            return
        with self._lock:
            if now - self._looked_at < LOOK_EVERY:
                return
            self._looked_at = now
        if counted := self._stored(now) or self._own(now):
            self._learn(counted)

    def _stored(self, now: float) -> _Counted | None:
        kept = kept_waiting()
        if kept is None or kept.age > OLD:
            return None
        return _Counted(kept.waiting, now - kept.age)

    def _own(self, now: float) -> _Counted | None:
        if now < self._count_again_at:
            return None
        self._count_again_at = math.inf
        try:
            return _Counted(count_waiting(settings.WAITING_RUNS_MAX + 1), now)
        finally:
            took = time.monotonic() - now
            self._count_again_at = now + max(COUNT_EVERY, SHARE * took)

    def _learn(self, counted: _Counted) -> None:
        with self._lock:
            # The same count looks a little different each time: its age is measured anew.
            if counted.at - self._counted.at < LOOK_EVERY / 2:
                return
            self._before, self._counted = self._counted, counted
            self._admitted.forget_before(counted.at)


_backlog = Backlog()


def admit(owner_id: int | None, count: int = 1) -> Shortage | None:
    """Take so many runs for waiting, all or none; a Shortage instead if there is no room."""
    return _backlog.admit(owner_id, count)


def give_up(owner_id: int | None, count: int = 1) -> None:
    """Free the room of runs that were not written down after all."""
    _backlog.give_up(owner_id, count)
