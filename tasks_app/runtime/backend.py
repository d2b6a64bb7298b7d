"""The result backend: what Celery says of an outcome becomes a fenced move in the ledger.

Called in the child, which holds the running attempt, and in the worker's main process, which holds
only the token.
"""

from functools import partial
from typing import Any

from celery import states
from celery.exceptions import (
    NotRegistered,
    Retry,
    SoftTimeLimitExceeded,
    TimeLimitExceeded,
    WorkerLostError,
)

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.runtime import words
from tasks_app.runtime.calls import is_following
from tasks_app.runtime.canvas.chords import count_part, fail_further
from tasks_app.runtime.canvas.envelopes import with_next
from tasks_app.runtime.canvas.following import submit_errback
from tasks_app.runtime.canvas.parts import member
from tasks_app.runtime.claims import claim_of
from tasks_app.runtime.errors import failing
from tasks_app.runtime.loops import beside_the_loop
from tasks_app.runtime.meta import read_row
from tasks_app.runtime.reading import ResultReading
from tasks_app.runtime.settling import in_main_process, settle
from tasks_app.runtime.telling import tell_state
from tasks_app.runtime.words import Word
from tasks_app.states import Reason


class LedgerBackend(ResultReading):
    """Outcomes of managed jobs go to their row; nothing here raises for a database that is away.

    Were an error to escape, Celery would turn a success into a failure, or a worker would end.
    """

    def mark_as_done(
        self,
        task_id: str,
        result: Any,
        request: Any = None,
        store_result: bool = True,
        **kwargs: Any,
    ) -> None:
        """Celery's own jobs only: of a managed one, the job itself has written it."""
        if claim_of(request) is None:
            plain = super().mark_as_done
            in_main_process(lambda: plain(task_id, result, request, store_result, **kwargs))

    def mark_as_failure(
        self,
        task_id: str,
        exc: BaseException,
        traceback: str | None = None,
        request: Any = None,
        **kwargs: Any,
    ) -> None:
        claim = claim_of(request)
        if claim is not None:
            settle(request, _failure(claim, exc, traceback))
            return
        row = in_main_process(partial(read_row, task_id))
        if row is not None and isinstance(exc, NotRegistered):
            in_main_process(partial(lifecycle.refuse, row.pk, f"NotRegistered: {exc}"))
            return
        plain = super().mark_as_failure
        in_main_process(lambda: plain(task_id, exc, traceback, request, **kwargs))

    def mark_as_retry(
        self,
        task_id: str,
        exc: Any,
        traceback: str | None = None,
        request: Any = None,
        **kwargs: Any,
    ) -> None:
        claim = claim_of(request)
        if claim is None:
            plain = super().mark_as_retry
            in_main_process(lambda: plain(task_id, exc, traceback, request, **kwargs))
        elif running := request.get("running"):
            error = failing(exc or Retry("The job asked for another try."))
            envelope = with_next(running.execution.envelope, running.next_arguments)
            settle(request, words.retry(claim, running.retry_delay or 0.0, error, envelope))
        else:
            # Celery's way to say, in the main process, that a shutdown cut the run off.
            settle(request, words.give_back(claim))

    def mark_as_revoked(
        self, task_id: str, reason: str = "", request: Any = None, **kwargs: Any
    ) -> None:
        row = in_main_process(partial(read_row, task_id))
        if row is None:
            plain = super().mark_as_revoked
            in_main_process(lambda: plain(task_id, reason, request, **kwargs))
            return
        in_main_process(partial(lifecycle.cancel, [row.pk], Canceller(None)))
        if claim := claim_of(request):
            settle(request, words.revoke(claim, Reason.CANCELLED))

    def tell_refused(self, task_id: str, error: Exception) -> None:
        """Let the maker of a message that is not run know why; it has no row."""
        store = self.other.store_result if self.other else super().store_result
        store(task_id, error, states.FAILURE)

    def store_result(
        self,
        task_id: str,
        result: Any,
        state: str,
        traceback: Any = None,
        request: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Anything else that Celery or a job stores: of a managed one, progress only."""
        if claim_of(request) is None:
            # A step that never runs is told in the transaction that ends the step before it.
            is_step = self.other is None or is_following()
            store = super().store_result if is_step else self.other.store_result
            return store(task_id, result, state, traceback, request, **kwargs)
        if running := request.get("running"):
            tell_state(running, state, result)
        return result

    def apply_chord(self, header_result_args: Any, body: Any, **kwargs: Any) -> None:
        """Write the counter of a chord, in the caller's transaction like its members."""
        beside_the_loop(partial(super().apply_chord, header_result_args, body, **kwargs))

    def on_chord_part_return(self, request: Any, state: str, result: Any, **kwargs: Any) -> None:
        """Count a member in; what it returned is read from its row."""
        count_part(self.app, request)

    def is_cached(self, task_id: str) -> bool:
        """Celery looks here for the member that kept the body of a chord from running."""
        return member(task_id) is not None or bool(super().is_cached(task_id))

    def _call_task_errbacks(self, request: Any, exc: BaseException, traceback: str | None) -> None:
        for errback in request.errbacks or ():
            submit_errback(self.app, errback, request)

    def chord_error_from_stack(self, callback: Any, exc: Any = None) -> Any:
        """Fail the body of a chord, and what waits for it."""
        told = super().chord_error_from_stack(callback, exc)
        fail_further(self.app, callback, exc)
        return told


def _failure(claim: Claim, exc: BaseException, traceback: str | None) -> Word:
    """What a failing attempt becomes."""
    if isinstance(exc, WorkerLostError):
        return words.loss(claim)
    timeout = isinstance(exc, SoftTimeLimitExceeded | TimeLimitExceeded)
    reason = Reason.TIMEOUT if timeout else Reason.ERROR
    return words.failure(claim, reason, failing(exc, traceback))
