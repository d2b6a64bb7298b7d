"""The gate of the soft time limit: it may interrupt a job's body, never its claim or outcome.

The pool's main process sends SIGUSR1 and billiard's handler raises wherever the child happens to
be: in a claim, that would leave a row claimed by nobody. Billiard looks the handler up by name at
each fork, so replacing it before the pool starts is enough.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import billiard.pool
from billiard.exceptions import SoftTimeLimitExceeded


class Gate:
    """Open while a body runs; a limit that came earlier is raised when it opens."""

    def __init__(self) -> None:
        self._open = self._waiting = False

    def handler(self, signum: int, frame: Any) -> None:
        """Take SIGUSR1."""
        if self._open:
            self._open = False
            raise SoftTimeLimitExceeded()
        self._waiting = True

    def new_run(self) -> None:
        """Forget a signal that came too late for the run before."""
        self._waiting = False

    @contextmanager
    def body(self) -> Iterator[None]:
        """Let the limit through while the block runs."""
        self._open = True
        try:
            if self._waiting:
                raise SoftTimeLimitExceeded()
            yield
        finally:
            self._open = self._waiting = False


gate = Gate()
billiard.pool.soft_timeout_sighandler = gate.handler
