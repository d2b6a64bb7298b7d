"""Database work for callers in an event loop, where Django refuses it: Flower, async views."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")


def beside_the_loop(act: Callable[[], T]) -> T:
    """Do it here; in a coroutine in a thread of its own, which keeps its connection. Waits."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return act()
    return _thread_of(os.getpid()).submit(_with_a_sound_connection, act).result()


def _with_a_sound_connection(act: Callable[[], T]) -> T:
    """No request of Django's begins or ends in that thread, which would replace a broken one."""
    connection.close_if_unusable_or_obsolete()
    try:
        return act()
    except (OperationalError, InterfaceError):
        connection.close()
        raise


@cache
def _thread_of(_pid: int) -> ThreadPoolExecutor:
    """One for each process: threads do not survive a fork."""
    return ThreadPoolExecutor(1, thread_name_prefix="beside-the-loop")
