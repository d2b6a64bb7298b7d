"""A second thread that fires while a herd lasts: one computes while the other waits for rows."""

import threading
from collections.abc import Callable

from django.db import connection

from tasks_app.runtime.sweeper import Guarded
from tasks_app.scheduling.tick import BATCH, Fired, fire_due


class SecondHand:
    """Helps from a full batch until one is not full; what is locked, the other passes over.

    Where a database has no row locks to pass over, both would only wait for each other.
    """

    def __init__(self, follow: Callable[[Fired], Fired]) -> None:
        self._follow = follow
        self._is_full = False
        self._turn = Guarded(self.turn)
        self._thread: threading.Thread | None = None

    def help_with(self, fired: Fired) -> None:
        """Begin if this batch was full and no help is under way."""
        is_helping = self._thread is not None and self._thread.is_alive()
        shares = connection.features.has_select_for_update_skip_locked
        if fired.served == BATCH and shares and not is_helping:
            self._thread = threading.Thread(target=self._run, name="second hand", daemon=True)
            self._thread.start()

    def turn(self) -> None:
        """Fire one batch."""
        self._is_full = self._follow(fire_due()).served == BATCH

    def _run(self) -> None:
        while self._turn() and self._is_full:
            pass
        connection.close()
