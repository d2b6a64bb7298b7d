"""The result backend: what Celery says of an outcome becomes a fenced move in the ledger.

Called in the child, which holds the running attempt, and in the worker's main process, which holds
only the token. What has no row lives in django-celery-results' own tables.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from celery.exceptions import (
    NotRegistered,
    Retry,
    SoftTimeLimitExceeded,
    TimeLimitExceeded,
    WorkerLostError,
)
from django.conf import settings
from django.db import DatabaseError, connection
from django_celery_results.backends import DatabaseBackend

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.models.connection import steady
from tasks_app.runtime.claims import claim_of
from tasks_app.runtime.errors import failing
from tasks_app.runtime.meta import as_meta, read_row
from tasks_app.runtime.processes import is_main
from tasks_app.runtime.results import storable_result
from tasks_app.states import Reason

logger = logging.getLogger(__name__)

# The main process serves every child and the broker from one loop; it may not wait long.
PATIENCE_OF_MAIN_PROCESS = 2.0


class LedgerBackend(DatabaseBackend):
    """Outcomes of managed jobs go to their row; nothing here raises for a database that is away.

    Were an error to escape, Celery would turn a success into a failure.
    """

    def mark_as_done(
        self,
        task_id: str,
        result: Any,
        request: Any = None,
        store_result: bool = True,
        **kwargs: Any,
    ) -> None:
        claim = claim_of(request)
        if claim is None:
            super().mark_as_done(task_id, result, request, store_result, **kwargs)
            return
        kept = storable_result(result) if store_result else None
        _say(request, claim, "success", partial(lifecycle.succeed, [(claim, kept)]))

    def mark_as_failure(
        self,
        task_id: str,
        exc: BaseException,
        traceback: str | None = None,
        request: Any = None,
        **kwargs: Any,
    ) -> None:
        claim = claim_of(request)
        if isinstance(exc, NotRegistered) and (row := _in_main_process(partial(read_row, task_id))):
            _in_main_process(partial(lifecycle.refuse, row.pk, f"NotRegistered: {exc}"))
        elif claim is None:
            super().mark_as_failure(task_id, exc, traceback, request, **kwargs)
        elif isinstance(exc, WorkerLostError):
            _say(request, claim, "loss", partial(lifecycle.lose, claim))
        else:
            timeout = isinstance(exc, SoftTimeLimitExceeded | TimeLimitExceeded)
            reason = Reason.TIMEOUT if timeout else Reason.ERROR
            _say(
                request,
                claim,
                reason,
                partial(lifecycle.fail, claim, reason, failing(exc, traceback)),
            )

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
            super().mark_as_retry(task_id, exc, traceback, request, **kwargs)
        elif running := request.get("running"):
            error = failing(exc or Retry("The job asked for another try."))
            move = partial(lifecycle.retry, claim, running.retry_delay, error)
            _say(request, claim, "retry", move)
        else:
            # Celery's way to say, in the main process, that a shutdown cut the run off.
            _say(request, claim, "give_back", partial(lifecycle.give_back, claim))

    def mark_as_revoked(
        self, task_id: str, reason: str = "", request: Any = None, **kwargs: Any
    ) -> None:
        row = _in_main_process(partial(read_row, task_id))
        if row is None:
            super().mark_as_revoked(task_id, reason, request, **kwargs)
            return
        _in_main_process(partial(lifecycle.cancel, [row.pk], Canceller(None)))
        if claim := claim_of(request):
            _say(request, claim, "revoke", partial(lifecycle.revoke, claim, Reason.CANCELLED))

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
            return super().store_result(task_id, result, state, traceback, request, **kwargs)
        running = request.get("running")
        if running and isinstance(result, dict):
            percent = result.get("progress", result.get("percent", 0))
            running.report(percent, str(result.get("status", state)), result)
        return result

    def _get_task_meta_for(self, task_id: str) -> dict[str, Any]:
        # A worker's main process asks too, when it loses a child.
        row = _in_main_process(partial(read_row, task_id)) if is_main() else read_row(task_id)
        if row is None:
            return dict(super()._get_task_meta_for(task_id))
        return dict(self.meta_from_decoded(as_meta(row)))


def _say(request: Any, claim: Claim, word: str, move: Callable[[], Any]) -> None:
    """Make a fenced move, tried for as long as the lease lasts; a late word is dropped."""
    running = request.get("running")
    if running is None:
        counts = _in_main_process(move)
    else:
        running.flush()
        counts = _patiently(move, settings.LEASE_SECONDS)
    if not counts:
        logger.info("execution=%s %s does not count: the claim is over", claim.id, word)


def _in_main_process(move: Callable[[], Any]) -> Any:
    """The main process forks: no connection may be open when it does."""
    try:
        return _patiently(move, PATIENCE_OF_MAIN_PROCESS)
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _patiently(move: Callable[[], Any], patience: float) -> Any:
    try:
        return steady(move, patience=patience)
    except DatabaseError as error:
        logger.error("outcome not written, the reaper will decide: %s", error)
        return None
