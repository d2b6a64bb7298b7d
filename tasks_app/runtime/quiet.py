"""When the worker's main process last got a message from each queue."""

import time
from collections.abc import Iterable

_last: dict[str, float] = {}
_began = time.monotonic()


def note(queue: str) -> None:
    """A message came from that queue."""
    _last[queue] = time.monotonic()


def seconds_of(queues: Iterable[str]) -> dict[str, float]:
    """By queue: the seconds since its last message; since the start where none came."""
    now = time.monotonic()
    return {queue: round(now - _last.get(queue, _began), 1) for queue in queues}
