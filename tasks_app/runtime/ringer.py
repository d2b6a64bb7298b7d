"""What follows a committed tick, beside the next one: doorbells, and what other pages show."""

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial

from django.db import connection

from tasks_app import lifecycle
from tasks_app.scheduling.tick import Fired
from tasks_app.scheduling.write_back import write_back

logger = logging.getLogger(__name__)
# Batches that may wait while the broker hangs; what comes then is left to the relay.
MOST = 100


class Ringer(threading.Thread):
    """Rings for one batch after the other. A batch that is lost with the process is found by the
    relay: its rows wait without a message."""

    def __init__(self) -> None:
        super().__init__(name="ringer", daemon=True)
        self._batches: queue.Queue[Fired | None] = queue.Queue(MOST)

    def follow(self, fired: Fired) -> None:
        """Take over a batch; returns at once."""
        try:
            self._batches.put_nowait(fired)
        except queue.Full:
            lifecycle.mark_unsent(bell.id for bell in fired.bells)

    def run(self) -> None:
        """Ring until told to stop. What other pages show waits until no doorbell does."""
        owed = Fired()
        while (fired := self._batches.get()) is not None:
            self._guarded(partial(lifecycle.ring_bells, fired.bells))
            owed = owed.with_more(fired._replace(bells=[]))
            if self._batches.empty():
                self._guarded(partial(write_back, owed.schedules, owed.ended))
                owed = Fired()
        self._guarded(partial(write_back, owed.schedules, owed.ended))
        connection.close()

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            connection.close_if_unusable_or_obsolete()
            act()
        except Exception as error:  # the relay and the next fire repair what this leaves
            logger.warning("after a tick: %r", error)
            connection.close()

    def finish(self, within: float) -> None:
        """Ring for what was taken over, for so many seconds at most."""
        try:
            self._batches.put(None, timeout=within)
        except queue.Full:
            return
        self.join(within)
