"""Writing the end of an attempt: as long as the lease lasts, and never with an error of its own."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection

from tasks_app.models.connection import steady
from tasks_app.runtime.processes import is_main

logger = logging.getLogger(__name__)
T = TypeVar("T")

# The main process serves every child and the broker from one loop; it may not wait long.
PATIENCE_OF_MAIN_PROCESS = 2.0


def settle(request: Any, word: str, move: Callable[[], Any]) -> bool:
    """Make a fenced move; return whether this word counts.

    A word that comes late changes nothing; one that cannot be written is left to the reaper.
    """
    running = request.get("running")
    if running is None:
        counts = in_main_process(move)
    else:
        # The outcome matters more than what was last said of progress.
        with suppress(Exception):
            running.flush()
        counts = _patiently(move, settings.LEASE_SECONDS)
    if not counts:
        logger.warning("execution=%s %s is not written: the claim is over", request.id, word)
    return bool(counts)


def in_main_process(act: Callable[[], T]) -> T | None:
    """Do it; in a worker's main process without raising for the database, and closing after it.

    An error would end the worker, and it forks: no connection may be open when it does.
    """
    if not is_main():
        return act()
    try:
        return _patiently(act, PATIENCE_OF_MAIN_PROCESS)
    except Error as error:
        logger.error("not written, the reaper will decide: %s", error)
        return None
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _patiently(act: Callable[[], T], patience: float) -> T | None:
    """None if the database stays away. What else is wrong with a move is raised to who made it."""
    try:
        return steady(act, patience=patience)
    except (OperationalError, InterfaceError) as error:
        logger.error("not written, the reaper will decide: %s", error)
        return None
