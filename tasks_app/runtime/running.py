"""One attempt while its body runs: what the job says of it, and what it is told."""

import math
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection

from tasks_app import lifecycle
from tasks_app.lifecycle import Claim, Report
from tasks_app.models import TaskExecution
from tasks_app.models.connection import AWAY, steady
from tasks_app.redaction import redact_text
from tasks_app.runtime.checkpoints import refuse_in_transaction, storable_checkpoint
from tasks_app.runtime.errors import storable
from tasks_app.runtime.exceptions import Overtaken
from tasks_app.runtime.results import kept_result, storable_result
from tasks_app.states import OnLost

# How often a job that reports or asks all the time reaches the database.
PACE = 0.5


class Running:
    """The claim with its row. The body's thread reports, the heartbeat's thread keeps the lease."""

    def __init__(self, claim: Claim, execution: TaskExecution, proven_at: float) -> None:
        self.claim = claim
        self.execution = execution
        self.retry_delay: float | None = None
        # What the job told `update_state` of its own end.
        self.last_word: tuple[str, Any] = ("", None)
        self.next_arguments: dict[str, Any] = {}
        # Counted from before the request, in this machine's monotonic seconds.
        self.proven_at = proven_at
        self.stop_asked_at: float | None = None
        # The row belongs to somebody else, which is counted once.
        self.is_overtaken = False
        self.must_end_within(None)
        self._spoke_at = proven_at
        self._reported_at = -math.inf
        self._unsent: Report | None = None
        self._writing = threading.Lock()

    def must_end_within(self, seconds: float | None) -> None:
        """The hard limit of this attempt, counted from now; None for no limit."""
        self.time_limit = seconds
        self.ends_by = math.inf if seconds is None else time.monotonic() + seconds

    @property
    def repeatable(self) -> bool:
        """Whether another worker may begin once this lease has ended."""
        return self.execution.on_lost == OnLost.RETRY

    def heard(self, stop: bool, asked_at: float) -> None:
        """The database answered a request of `asked_at`: the lease holds; maybe stop."""
        self.proven_at = self._spoke_at = asked_at
        if stop and self.stop_asked_at is None:
            self.stop_asked_at = time.monotonic()

    def report(self, percent: float, message: str, data: dict[str, Any]) -> None:
        """Tell progress; written at most each half second. What was told meanwhile is written by
        the next heartbeat, or with the outcome; so is what a database that is away did not hear.

        Raises ValueError for what is no number, EncodeError for data that is no JSON.
        """
        if not math.isfinite(percent):
            raise ValueError(f"Progress is a percentage, and {percent} is none.")
        percent = min(max(float(percent), 0.0), 100.0)
        words = storable(redact_text(message)[:1000])
        self._unsent = Report(percent, words, kept_result(storable_result(data, "progress")))
        if _may_speak(since=self._reported_at):
            with suppress(*AWAY):
                self.flush()

    def flush(self) -> None:
        """Write what was reported and not yet written. Raises Overtaken.

        Tried once: what an error of the database keeps from being written stays for the next time.
        """
        with self._writing:
            report, self._unsent = self._unsent, None
            if report is None:
                return
            asked_at = self._reported_at = time.monotonic()
            lease = settings.LEASE_SECONDS
            write = partial(lifecycle.report_progress, self.claim, report, lease=lease)
            try:
                answer = steady(write, patience=0)
            except AWAY:
                self._unsent = self._unsent or report
                raise
            self._take(answer, asked_at)

    def save(self, checkpoint: Any) -> None:
        """Write it at once, and prove the lease with it. Raises Overtaken.

        Raises EncodeError or ValueError for what cannot be kept, RuntimeError in a transaction.
        """
        kept = storable_checkpoint(checkpoint)
        refuse_in_transaction()
        asked_at, lease = time.monotonic(), settings.LEASE_SECONDS
        write = partial(lifecycle.save_checkpoint, self.claim, kept, lease=lease)
        self._take(steady(write, patience=lease), asked_at)
        self.execution.checkpoint = kept

    def is_cancelled(self) -> bool:
        """Whether somebody asked the run to stop; looks at the row at most each half second."""
        if self.stop_asked_at is None and _may_speak(since=self._spoke_at):
            self._look()
        return self.stop_asked_at is not None

    def _look(self) -> None:
        """Prove the lease. A job that looks ends in its own way if its row was ended by others.

        While the database is away nobody is known to ask; what may not go on without a proof of its
        lease is ended by the heartbeat.
        """
        asked_at = self._spoke_at = time.monotonic()
        try:
            self.renew(patience=0)
        except AWAY:
            return
        except Overtaken:
            this = TaskExecution.objects.among([self.claim.id])
            if not steady(this.final().exists, patience=settings.LEASE_SECONDS):
                raise
            self.heard(True, asked_at)

    def renew(self, *, patience: float) -> None:
        """Prove the lease, and hear whether to stop. Raises Overtaken."""
        asked_at, lease = time.monotonic(), settings.LEASE_SECONDS
        answer = steady(partial(lifecycle.renew, [self.claim], lease=lease), patience=patience)
        self._take(answer.get(self.claim.id), asked_at)

    def _take(self, stop: bool | None, asked_at: float) -> None:
        if stop is None:
            raise Overtaken(f"{self.claim.id} is no longer claimed by this process")
        self.heard(stop, asked_at)


def _may_speak(*, since: float) -> bool:
    """Not too often, and never in a transaction of the job: it would hold the row's lock, and a
    cancel would wait for it. The heartbeat speaks meanwhile."""
    rested = time.monotonic() - since >= PACE
    return rested and not connection.in_atomic_block
