"""The result backend: what Celery says of an outcome becomes a fenced move in the ledger.

Called in the child, which holds the running attempt, and in the worker's main process, which holds
only the token. What has no row lives in django-celery-results' own tables.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from celery.app.backends import by_url
from celery.exceptions import (
    NotRegistered,
    Retry,
    SoftTimeLimitExceeded,
    TimeLimitExceeded,
    WorkerLostError,
)
from django_celery_results.backends import DatabaseBackend

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.runtime.claims import claim_of
from tasks_app.runtime.errors import failing
from tasks_app.runtime.meta import as_meta, read_row
from tasks_app.runtime.results import storable_result
from tasks_app.runtime.settling import in_main_process, settle
from tasks_app.states import Reason


class LedgerBackend(DatabaseBackend):
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
        claim = claim_of(request)
        if claim is None:
            plain = super().mark_as_done
            in_main_process(lambda: plain(task_id, result, request, store_result, **kwargs))
            return
        kept = storable_result(result) if store_result else None
        settle(request, "success", partial(lifecycle.succeed, [(claim, kept)]))

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
            word, move = _failure(claim, exc, traceback)
            settle(request, word, move)
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
            settle(request, "retry", partial(lifecycle.retry, claim, running.retry_delay, error))
        else:
            # Celery's way to say, in the main process, that a shutdown cut the run off.
            settle(request, "give_back", partial(lifecycle.give_back, claim))

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
            settle(request, "revoke", partial(lifecycle.revoke, claim, Reason.CANCELLED))

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
            store = self._other.store_result if self._other else super().store_result
            return store(task_id, result, state, traceback, request, **kwargs)
        running = request.get("running")
        if running and isinstance(result, dict):
            percent = result.get("progress", result.get("percent", 0))
            running.report(percent, str(result.get("status", state)), result)
        return result

    def _get_task_meta_for(self, task_id: str) -> dict[str, Any]:
        row = in_main_process(partial(read_row, task_id))
        if row is not None:
            return dict(self.meta_from_decoded(as_meta(row)))
        if self._other:
            return dict(self._other._get_task_meta_for(task_id))
        return dict(super()._get_task_meta_for(task_id))

    @cached_property
    def _other(self) -> Any:
        """The backend of CELERY_RESULT_BACKEND, for what has no row; None for the database."""
        name = self.app.conf.result_backend
        if name in (None, "django-db"):
            return None
        found: Any = by_url(name, self.app.loader)
        cls, url = found
        return cls(app=self.app, url=url)


def _failure(
    claim: Claim, exc: BaseException, traceback: str | None
) -> tuple[str, Callable[[], Any]]:
    """What a failing attempt becomes, in a word and as a move."""
    if isinstance(exc, WorkerLostError):
        return "loss", partial(lifecycle.lose, claim)
    timeout = isinstance(exc, SoftTimeLimitExceeded | TimeLimitExceeded)
    reason = Reason.TIMEOUT if timeout else Reason.ERROR
    return reason, partial(lifecycle.fail, claim, reason, failing(exc, traceback))
