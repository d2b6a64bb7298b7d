"""The log of one attempt in its worker's memory: bounded, whatever the job logs."""

import os
import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from tasks_app.models.log_line import PER_ATTEMPT

# Bytes of one line that are stored. Some more are held, so that redaction sees a secret whole.
LONGEST_LINE = 8 * 1024
OVERLAP = 2 * 1024


class Line(NamedTuple):
    """A line as it was logged; `at` is in seconds since 1970, `text` not yet redacted."""

    number: int
    at: float
    level: str
    logger: str
    text: str


class RunLog:
    """Lines that are still to be written, and the sizes of all that are kept.

    The newest are kept. What falls out before it was written never reaches the database.
    """

    def __init__(self, execution_id: UUID, attempt: int) -> None:
        self.execution_id = execution_id
        self.attempt = attempt
        self._process = os.getpid()
        self._last = attempt * PER_ATTEMPT
        self._most_lines, self._most_bytes = settings.LOG_LINES_MAX, settings.LOG_BYTES_MAX
        self._bytes = 0
        self._sizes: deque[int] = deque()
        self._unwritten: deque[Line] = deque()
        self.oldest_written = 0
        # Lines that nobody had read yet fell out.
        self.has_overflown = False
        # A job's signal handler may log while the same thread adds a line.
        self._lock = threading.RLock()
        self._progress = threading.Condition(self._lock)

    def add(self, at: float, level: str, logger: str, text: str) -> None:
        """Take a line. Never blocks, and keeps nothing in a process that the job forked."""
        if os.getpid() != self._process:
            return
        text = text[: LONGEST_LINE + OVERLAP]
        size = min(len(text.encode("utf-8", "replace")), LONGEST_LINE)
        with self._lock:
            self._last += 1
            self._unwritten.append(Line(self._last, at, level[:20], logger[:255], text))
            self._sizes.append(size)
            self._bytes += size
            self._drop_the_oldest()

    def _drop_the_oldest(self) -> None:
        while len(self._sizes) > self._most_lines or self._bytes > self._most_bytes:
            self._bytes -= self._sizes.popleft()
        while self._unwritten and self._unwritten[0].number < self._first:
            self._unwritten.popleft()
            self.has_overflown = True

    @property
    def _first(self) -> int:
        """The number of the oldest line that is kept."""
        return self._last - len(self._sizes) + 1

    @property
    def is_written(self) -> bool:
        return not self._unwritten

    def unwritten(self) -> tuple[int, list[Line]]:
        """The number of the oldest line that is kept, and the lines that nobody `wrote` yet."""
        with self._lock:
            self.has_overflown = False
            return self._first, list(self._unwritten)

    def wrote(self, lines: Sequence[Line]) -> None:
        """These are written, or given up."""
        self.oldest_written = self.oldest_written or lines[0].number
        with self._lock:
            while self._unwritten and self._unwritten[0].number <= lines[-1].number:
                self._unwritten.popleft()
            self._progress.notify_all()

    def wait_until_written(self, patience: float) -> None:
        """Return when all lines are written, or when none was for so many seconds."""
        with self._progress:
            while self._unwritten and self._progress.wait(patience):
                pass
