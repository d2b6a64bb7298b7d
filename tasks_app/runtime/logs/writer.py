"""Writes what the runs of one process log: once a second, beside them, on a connection of its own.

So a log can be read while its run works, a killed process loses the last second at most, and a
database that is away delays nobody.
"""

import logging
import os
import threading
import time
from functools import partial

from django.db import InterfaceError, OperationalError, connection

from tasks_app.models import LogLine
from tasks_app.models.connection import steady
from tasks_app.runtime.logs.rows import row_of
from tasks_app.runtime.logs.run_log import Line, RunLog
from tasks_app.runtime.threads import start_deaf

logger = logging.getLogger(__name__)

PAUSE = 1.0
PAUSE_IN_A_FLOOD = 5.0
# Lines in one transaction: where a database has one writer, the others wait for it.
BATCH = 1000
# A run that ends waits until its last lines are written, so that its log is whole when it is final:
# as long as any were written in so many seconds.
PATIENCE = 2.0
# How long the lines of a run that has ended are held for a database that is away.
LONGEST_DELAY = 60.0
# How long an unused connection is kept.
REST = 5.0


class LogWriter:
    """The open logs of this process, and the thread that writes them."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._logs: set[RunLog] = set()
        # When their run ended, and when something of them was last written.
        self._ended: dict[RunLog, float] = {}
        self._written: dict[RunLog, float] = {}
        self._some = threading.Event()
        self._hurry = threading.Event()
        self._is_away = False

    def follow(self, log: RunLog) -> None:
        """Write what this log takes from now on."""
        if self._pid != os.getpid():
            # A fork copies neither threads nor the truth about locks.
            self.__init__()  # type: ignore[misc]
        with self._starting:
            self._ensure_thread()
        self._logs.add(log)
        self._some.set()

    def finish(self, log: RunLog) -> None:
        """The run has ended: write the rest at once; wait for that while the database answers."""
        self._ended[log] = time.monotonic()
        if log.is_written:
            self._forget(log)
        elif not self._is_away:
            self._hurry.set()
            log.wait_until_written(PATIENCE)

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="log writer", daemon=True)
            start_deaf(self._thread)

    def _run(self) -> None:
        while True:
            if not self._some.wait(REST):
                connection.close()
                self._some.wait()
            self._hurry.wait(PAUSE)
            self._hurry.clear()
            self.write_all()

    def write_all(self) -> None:
        """Write what all logs hold, and forget those that are over."""
        for log in list(self._logs):
            try:
                if self._is_due(log):
                    write(log)
                    self._written[log] = time.monotonic()
                    self._is_away = False
            except Exception as error:  # the thread must live, or no later log would be written
                self._is_away = True
                connection.close()
                logger.warning("execution=%s log is not written yet: %r", log.execution_id, error)
            if self._is_over(log):
                self._forget(log)
        if not self._logs:
            self._some.clear()
            if self._logs:  # one came just now
                self._some.set()

    def _is_due(self, log: RunLog) -> bool:
        """What overflows is written more rarely: most of it would soon be deleted again."""
        rests = time.monotonic() - self._written.get(log, 0.0) < PAUSE_IN_A_FLOOD
        floods = log.has_overflown and log not in self._ended
        return not log.is_written and not (floods and rests)

    def _is_over(self, log: RunLog) -> bool:
        ended = self._ended.get(log)
        late = ended is not None and time.monotonic() - ended > LONGEST_DELAY
        return ended is not None and (late or log.is_written)

    def _forget(self, log: RunLog) -> None:
        self._logs.discard(log)
        self._ended.pop(log, None)
        self._written.pop(log, None)


def write(log: RunLog) -> None:
    """Write what a log holds, and delete what is too old to be kept.

    Raises OperationalError or InterfaceError while the database is away.
    """
    # Without patience: it is tried again with the next lines.
    steady(partial(_write, log), patience=0)


def _write(log: RunLog) -> None:
    first, lines = log.unwritten()
    if log.oldest_written and log.oldest_written < first:
        LogLine.objects.of_attempt(log.execution_id, log.attempt).before(first).delete()
        log.oldest_written = first
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        _write_batch(log, batch)
        log.wrote(batch)


def _write_batch(log: RunLog, lines: list[Line]) -> None:
    try:
        # Safe to repeat: a commit whose reply was lost may already stand.
        LogLine.objects.all().store([row_of(log, line) for line in lines])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # such as a run that was deleted meanwhile
        told = "execution=%s %d line(s) dropped from its log: %r"
        logger.warning(told, log.execution_id, len(lines), error)


writer = LogWriter()
