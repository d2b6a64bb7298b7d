"""Keeps the leases of the runs of one process, and brings back "please stop".

Its threads live in the same process as the job, so that a frozen child counts as silent.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from billiard.exceptions import TimeLimitExceeded
from django.conf import settings
from django.db import Error, connection

from tasks_app import lifecycle
from tasks_app.models import TaskExecution
from tasks_app.models.overdue_runs import grace_of
from tasks_app.runtime import words
from tasks_app.runtime.errors import failing
from tasks_app.runtime.exceptions import Overtaken
from tasks_app.runtime.processes import end_myself, is_pool_child
from tasks_app.runtime.running import Running
from tasks_app.runtime.settling import repeat
from tasks_app.runtime.tally import tally
from tasks_app.runtime.threads import start_deaf
from tasks_app.runtime.words import Word
from tasks_app.states import Reason

logger = logging.getLogger(__name__)

# A repeatable job without proof of its lease ends 2 s before somebody else may begin; the clock is
# looked at each second.
MARGIN = 3.0
# The pool of a child ends a run at its hard limit; this long after, its main process must hang.
MARGIN_OF_LIMIT = 3.0
# For writing that down, before the process ends. What the database did not hear is in the spool.
LAST_WORD = 2.0
# In a threads pool the first jobs of a process may come at once.
_starting = threading.Lock()


class Heartbeat:
    """The runs of this process and the threads that care for them."""

    def __init__(self) -> None:
        self._runs: dict[object, Running] = {}
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._threads: list[threading.Thread] = []
        self._pid = os.getpid()

    @contextmanager
    def of(self, running: Running) -> Iterator[None]:
        """Keep the lease of `running` while the block runs."""
        with _starting:
            self._ensure_threads()
        self._runs[running.claim.token] = running
        self._busy.set()
        try:
            yield
        finally:
            with self._lock:
                del self._runs[running.claim.token]

    def _ensure_threads(self) -> None:
        """Two threads: one speaks, the other watches the clock, for a database that hangs keeps
        the first from ever coming back."""
        if self._pid != os.getpid():
            # A fork copies neither threads nor the truth about locks.
            self.__init__()  # type: ignore[misc]
        if self._threads and all(thread.is_alive() for thread in self._threads):
            return
        loops = (self._speak, self._watch)
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in self._threads:
            start_deaf(thread)

    def _speak(self) -> None:
        pause = float(settings.HEARTBEAT_SECONDS)
        while True:
            self._busy.wait()
            time.sleep(pause)
            try:
                pause = self._beat() if self._runs else self._rest()
            except Exception as error:  # a thread that ends would cost every later run its lease
                logger.warning("lease of %d run(s) not renewed: %r", len(self._runs), error)
                connection.close()
                pause = 1.0

    def _watch(self) -> None:
        while True:
            self._busy.wait()
            time.sleep(1.0)
            self._end_unproven()
            self._end_late()

    def _rest(self) -> float:
        """Nothing runs: hold no connection until something does."""
        tally.flush()
        connection.close()
        self._busy.clear()
        if self._runs:
            self._busy.set()
        return float(settings.HEARTBEAT_SECONDS)

    def _beat(self) -> float:
        """Speak once for all runs; return the seconds until the next time."""
        asked_at = time.monotonic()
        runs = list(self._runs.values())
        connection.close_if_unusable_or_obsolete()
        for running in runs:
            with suppress(Overtaken):
                running.flush()
        claims = [running.claim for running in runs]
        answer = lifecycle.renew(claims, lease=settings.LEASE_SECONDS)
        for running in runs:
            if running.claim.id in answer:
                running.heard(answer[running.claim.id], asked_at)
        self._heed_lost_claims([run for run in runs if run.claim.id not in answer], asked_at)
        pause = self._end_overdue(runs)
        _write_counts()
        return pause

    def _heed_lost_claims(self, runs: list[Running], asked_at: float) -> None:
        """Where the row is over, nobody else will run it: the job has its grace. Else it ends."""
        ids = [running.claim.id for running in runs]
        over = TaskExecution.objects.among(ids).final().ids() if ids else set()
        for running in runs:
            if str(running.claim.id) not in over:
                if not running.is_overtaken:
                    running.is_overtaken = True
                    tally.add("fenced")
                    _write_counts()
                self._end(running, "execution=%s claim was overtaken")
                continue
            if running.stop_asked_at is None:
                logger.info("execution=%s was ended by somebody else", running.claim.id)
            running.heard(True, asked_at)

    def _end_unproven(self) -> None:
        limit = settings.LEASE_SECONDS - MARGIN
        for running in list(self._runs.values()):
            if running.repeatable and time.monotonic() - running.proven_at >= limit:
                self._end(running, "execution=%s lease is not proven")

    def _end_late(self) -> None:
        """End runs at their hard limit where nobody else does: threads and solo pools know none,
        and the main process of a child may hang."""
        margin = MARGIN_OF_LIMIT if is_pool_child() else 0.0
        for running in list(self._runs.values()):
            if time.monotonic() >= running.ends_by + margin:
                self._time_out(running)

    def _time_out(self, running: Running) -> None:
        """Write the end down, then kill this process or, where others share it, ask the job to
        stop. The database may hang; this thread does not wait for it."""
        limit = running.time_limit
        running.must_end_within(None)
        word = words.failure(running.claim, Reason.TIMEOUT, failing(TimeLimitExceeded(limit)))
        speaker = threading.Thread(target=self._say, args=(word,), daemon=True)
        with self._lock:
            if running.claim.token not in self._runs:
                return
            logger.warning("execution=%s ran longer than its limit of %s s", word.claim.id, limit)
            start_deaf(speaker)
            running.heard(True, running.proven_at)
            if is_pool_child():
                speaker.join(LAST_WORD)
                end_myself()

    def _say(self, word: Word) -> None:
        try:
            repeat(word, LAST_WORD)
        finally:
            connection.close()

    def _end_overdue(self, runs: list[Running]) -> float:
        """Stop what was asked to stop and did not; return the seconds until the next beat."""
        asked = [running for running in runs if running.stop_asked_at is not None]
        for running in asked:
            waited = time.monotonic() - (running.stop_asked_at or 0)
            if waited >= grace_of(running.execution) and is_pool_child():
                self._end(running, "execution=%s did not stop in its grace", Reason.CANCELLED)
        return 1.0 if asked else float(settings.HEARTBEAT_SECONDS)

    def _end(self, running: Running, message: str, reason: Reason | None = None) -> None:
        """Kill this process, if it still works on `running` and runs nothing else.

        The lock keeps the job's thread from going on to its next run meanwhile. In a threads or
        solo pool others share the process: there the job is only asked.
        """
        with self._lock:
            if running.claim.token not in self._runs:
                return
            if running.stop_asked_at is None or is_pool_child():
                logger.warning(message, running.claim.id)
            running.heard(True, running.proven_at)
            if is_pool_child():
                if reason:
                    with suppress(Error):
                        lifecycle.revoke(running.claim, reason)
                end_myself()


def _write_counts() -> None:
    """An error of what is only counted costs no lease, and keeps nothing alive that must end."""
    try:
        tally.flush()
    except Error as error:
        logger.warning("counts are not written: %s", error)
        connection.close()


heartbeat = Heartbeat()
