"""A thread of beat that sweeps at its own pace."""

import logging
import threading
from collections.abc import Callable

from django.db import Error, connection

logger = logging.getLogger(__name__)


class Sweeper(threading.Thread):
    """Some sweeps in a thread with a connection of its own, so that nothing they wait for
    delays a tick or the sweeps of another thread."""

    def __init__(self, pause: float, *sweeps: Callable[[], object]) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.over = threading.Event()
        self._pause = pause
        self._sweeps = [Guarded(sweep) for sweep in sweeps]

    def run(self) -> None:
        """Sweep until told to stop. One failing sweep never stops the others."""
        while not self.over.wait(self._pause):
            for sweep in self._sweeps:
                sweep()
        connection.close()


class Guarded:
    """Something done again and again: errors are told when they begin and when they end."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._name = act.__name__
        self._fails = False

    def __call__(self) -> bool:
        """Do it, and return whether it worked. Never raises."""
        try:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            self._act()
        except Exception as error:  # the next time brings the next try, whatever went wrong
            if not self._fails:
                logger.warning("sweep=%s fails: %r", self._name, error)
            self._fails = True
            if isinstance(error, Error):
                connection.close()
            return False
        if self._fails:
            logger.warning("sweep=%s works again", self._name)
        self._fails = False
        return True
