"""Statements that outlive a broken connection."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection

logger = logging.getLogger(__name__)
T = TypeVar("T")

# What a statement raises whose database is away, or whose connection broke.
AWAY = (OperationalError, InterfaceError)
# PostgreSQL ended the session, for its process stood still in a transaction.
STOOD_STILL = "25P03"


def is_in_transaction() -> bool:
    """Whether a block of `transaction.atomic()` is open here.

    A test case's own does not count, as with Django's durable blocks.
    """
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def steady(move: Callable[[], T], *, patience: float) -> T:
    """Run `move`; while the database is away, drop the connection and repeat.

    For `patience` seconds. `move` must be safe to repeat: a commit whose reply was lost may already
    stand. Inside a transaction of the caller there is nothing to repeat, so errors pass.
    Raises the last OperationalError or InterfaceError.
    """
    if connection.in_atomic_block:
        return move()
    deadline = time.monotonic() + patience
    pause = 0.05
    # A job may have left autocommit off, which would hide every later outcome of this process.
    connection.close_if_unusable_or_obsolete()
    while True:
        try:
            return _made(move)
        except AWAY as error:
            connection.close()
            if time.monotonic() + pause > deadline:
                raise
            logger.warning("database away, trying again in %.2f s: %s", pause, error)
        time.sleep(pause)
        pause = min(pause * 2, 2.0)


def _made(move: Callable[[], T]) -> T:
    """PostgreSQL's driver calls the end of a session that stood still an internal error."""
    try:
        return move()
    except InternalError as error:
        if getattr(error.__cause__, "sqlstate", None) == STOOD_STILL:
            raise OperationalError(str(error)) from error
        raise
