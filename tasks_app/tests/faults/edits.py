"""Somebody who makes schedules and takes them away while everything is hurt."""

import threading
from datetime import datetime, timedelta
from random import Random

from tasks_app.states import CatchUp, Overlap
from tasks_app.tests.faults import plans
from tasks_app.tests.faults.client import REFUSED, Client
from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.plans import Planned

# Mean seconds between two edits.
PACE = 4.0


class Edits:
    """Edits while the block lasts; no schedule of it fires at `end` or later."""

    def __init__(self, client: Client, history: History, seed: int, end: datetime) -> None:
        self._client, self._history, self._end = client, history, end
        self._rng = Random(f"{seed} edits")
        self._over = threading.Event()
        self._made: list[str] = []
        self._count = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Edits":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._rng.expovariate(1 / PACE)):
            self.edit()

    def edit(self) -> None:
        """Make one, or take one away that was made before."""
        if self._made and self._rng.random() < 0.5:
            key = self._made.pop(self._rng.randrange(len(self._made)))
            plans.disable(self._client, self._history, key)
            return
        planned = self._plan()
        if planned.start < planned.end:
            told = plans.define(self._client, self._history, planned, self._rng)
            self._made += [] if told == REFUSED else [planned.key]

    def _plan(self) -> Planned:
        self._count += 1
        start = plans.next_second(plans.AHEAD)
        overlap, catch_up = self._rng.choice([Overlap.ALLOW, Overlap.SKIP]), CatchUp.ALL
        until = start + timedelta(seconds=self._rng.randint(5, 60))
        every = self._rng.choice((1, 2, 3))
        key = f"edited-{self._count}"
        return Planned(key, every, "", start, min(until, self._end), overlap, catch_up)
