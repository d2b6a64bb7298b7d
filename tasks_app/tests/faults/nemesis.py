"""Whoever hurts: seeded, one fault after the other, several at a time."""

import heapq
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from random import Random

import psycopg

from tasks_app.tests.faults import clock_faults, link_faults, process_faults, server_faults
from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.hurting import Done, Fault, Victim
from tasks_app.tests.faults.installation import Installation

ALL = (
    *process_faults.FAULTS,
    *server_faults.FAULTS,
    *link_faults.FAULTS,
    *clock_faults.FAULTS,
)
MOST_AT_ONCE = 3
_LONGEST_PAUSE = 0.5


class Nemesis:
    """Draws faults by their weights; `pace` is the mean number of seconds between two."""

    def __init__(
        self,
        installation: Installation,
        history: History,
        seed: int,
        *,
        pace: float = 2.0,
        faults: Sequence[Fault] = ALL,
    ) -> None:
        self._rng = Random(f"{seed} nemesis")
        self._victim = Victim(installation, self._rng)
        self._history = history
        self._pace = pace
        self._faults = [fault for fault in faults if installation.size.database in fault.databases]
        # What is to be healed, by its time; the number keeps those of one moment in order.
        self._open: list[tuple[float, int, str, Done]] = []
        self._number = count()

    def run(self, seconds: float) -> None:
        """Hurt for so long, then heal everything. In the thread that started the processes."""
        until = time.monotonic() + seconds
        following = time.monotonic()
        while (now := time.monotonic()) < until:
            self._heal_until(now)
            self._supervise()
            if now >= following and len(self._open) < MOST_AT_ONCE:
                self.strike(self._draw())
                following = now + self._rng.expovariate(1 / self._pace)
            time.sleep(min(max(self._next(following) - now, 0.01), _LONGEST_PAUSE))
        self.heal()

    def _draw(self) -> Fault:
        return self._rng.choices(self._faults, [fault.weight for fault in self._faults])[0]

    def _next(self, following: float) -> float:
        healing = self._open[0][0] if self._open else math.inf
        return healing if len(self._open) >= MOST_AT_ONCE else min(following, healing)

    def _supervise(self) -> None:
        """Start what ended by itself, as a supervisor does, and write that down."""
        for member in self._victim.installation.members:
            if not member.lives and member.name not in self._victim.busy:
                self._history.note("ended", member=member.name, log=member.log()[-2000:])
                member.start()

    def strike(self, fault: Fault) -> bool:
        """Do it, if there is somebody left to do it to."""
        at = time.time()
        done: Done | None = None
        # A database that is away already cannot be asked for its sessions.
        with suppress(psycopg.Error):
            done = fault.act(self._victim)
        if done is None:
            return False
        number = next(self._number)
        facts = {"subjects": done.subjects, "seconds": done.seconds, **done.facts}
        self._history.note("fault", number=number, name=fault.name, struck_at=at, **facts)
        self._victim.busy |= set(done.subjects)
        heapq.heappush(self._open, (time.monotonic() + done.seconds, number, fault.name, done))
        return True

    def heal(self) -> None:
        """End every fault that is still open, and make sure of it."""
        self._heal_until(math.inf)
        self._victim.installation.heal()

    def _heal_until(self, now: float) -> None:
        while self._open and self._open[0][0] <= now:
            _, number, name, done = heapq.heappop(self._open)
            done.heal()
            self._victim.busy -= set(done.subjects)
            self._history.note("healed", number=number, name=name)


def left_out(database: str, find: Callable[[], object] = clock_faults.find_library) -> list[str]:
    """The faults that cannot be done here, each with the reason."""
    missing = [] if find() else ["clock steps: libfaketime was not found"]
    elsewhere = [fault.name for fault in ALL if database not in fault.databases]
    return missing + ([f"{', '.join(elsewhere)}: need PostgreSQL"] if elsewhere else [])
