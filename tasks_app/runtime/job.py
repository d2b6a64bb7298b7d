"""The class of every job: it claims before the body runs and says how the body ended."""

from copy import deepcopy
from datetime import datetime
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from celery import Celery, Task
from celery.exceptions import Ignore, Reject, Retry, SoftTimeLimitExceeded
from django.db import connections

from tasks_app import lifecycle
from tasks_app.broker import MARKER
from tasks_app.runtime import retrying
from tasks_app.runtime.adopting import adopt, is_plain
from tasks_app.runtime.alarm import alarm_of
from tasks_app.runtime.capture import captured
from tasks_app.runtime.checkpoints import storable_checkpoint
from tasks_app.runtime.claims import begin
from tasks_app.runtime.envelopes import arguments_of
from tasks_app.runtime.exceptions import Cancelled, JobExited, Overtaken, Revoked
from tasks_app.runtime.heartbeat import heartbeat
from tasks_app.runtime.processes import ended_by_signal
from tasks_app.runtime.running import Running
from tasks_app.runtime.settling import settle
from tasks_app.runtime.soft import gate
from tasks_app.runtime.succeeding import succeed
from tasks_app.states import Reason


class Job(Task):
    """Celery's Task with the ledger in front of its body.

    A job declared with `idempotent=True`, or with `acks_late=True, reject_on_worker_lost=True`, is
    run again after its worker died; others end as lost.
    """

    abstract = True
    Request = "tasks_app.runtime.request:LedgerRequest"
    idempotent = False
    # Whether the author's class wraps the body in a `__call__`.
    has_own_call = False
    # A job that keeps no result still has an outcome.
    store_errors_even_if_ignored = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        request: Any = self.request_stack.top
        if not self._awaits_claim(request):
            return super().__call__(*args, **kwargs)
        if not request.get(MARKER):
            adopt(self, request)
        gate.new_run()
        running = begin(request, self.name)
        value = self._run_body(request, running)
        succeed(self, request, running, value)
        return value

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Celery calls it for each message; the author's own waits for the claim."""
        if not self._awaits_claim(self.request_stack.top):
            super().before_start(task_id, args, kwargs)

    def _awaits_claim(self, request: Any) -> bool:
        """Whether this is a message of a run, and not plain Celery, a direct or a nested call."""
        return not (
            request is None
            or request.called_directly
            or request.is_eager
            or request.get("running")
            or is_plain(self.name, request)
        )

    def _run_body(self, request: Any, running: Running) -> Any:
        """What the body returns; what it raises is turned into what Celery's tracer should hear."""
        try:
            with heartbeat.of(running), captured(running), alarm_of(self), gate.body():
                super().before_start(request.id, request.args, request.kwargs)
                body = super().__call__ if self.has_own_call else self.run
                return body(*request.args, **request.kwargs)
        except (Retry, Overtaken):
            raise
        except Cancelled as cancelled:
            _revoke(request, running, Reason.CANCELLED)
            raise Revoked("cancelled") from cancelled
        except Ignore:
            _revoke(request, running, Reason.IGNORED)
            raise
        except SoftTimeLimitExceeded:
            # The limit may have cut a query in half; the outcome needs a clean connection.
            connections.close_all()
            raise
        except Reject as rejection:
            retrying.translate(self, running, rejection)
        except SystemExit as left:
            if ended_by_signal(left):
                raise
            raise JobExited(f"The job called sys.exit({left.code!r}).") from left
        except Exception as error:
            retrying.by_policy(self, running, error)
            raise

    def retry(
        self,
        args: Any = None,
        kwargs: Any = None,
        exc: Exception | None = None,
        throw: bool = True,
        eta: datetime | None = None,
        countdown: float | None = None,
        max_retries: int | None = None,
        **options: Any,
    ) -> Retry:
        """Try again later, by a column of the row: no message waits in the broker.

        `countdown` is in seconds; new arguments are for the tries that come, a rerun has the first
        ones. Raises `exc` (or MaxRetriesExceededError) once the tries are used up, and TypeError
        for other options, which stay as they were.
        """
        running = self._running
        if running is None:
            return super().retry(args, kwargs, exc, throw, eta, countdown, max_retries, **options)
        if options:
            raise TypeError(f"retry() cannot change {', '.join(options)} of a run. Leave it out.")
        running.next_arguments = arguments_of(args, kwargs)
        again = retrying.again(self, running, exc, eta, countdown, max_retries)
        if throw:
            raise again
        return again

    def on_replace(self, sig: Any) -> NoReturn:
        """Refuse `self.replace()`: it would put another job under this execution's id."""
        raise TypeError("replace() is not supported; use link or a chain instead.")

    @classmethod
    def on_bound(cls, app: Celery) -> None:  # noqa: ARG003  (Celery's signature)
        """Read Celery's way to say "may be repeated", and keep its redelivery off: the row is what
        may not be lost, and a broker that delivers again would only add duplicates."""
        if cls.acks_late and cls.reject_on_worker_lost:
            cls.idempotent = True
        cls.acks_late = cls.reject_on_worker_lost = False

    @property
    def _running(self) -> Running | None:
        request = self.request_stack.top
        return request.get("running") if request else None

    @property
    def execution_id(self) -> UUID | None:
        """The id of the execution: an idempotency key for what the job does outside."""
        return self._running.claim.id if self._running else None

    @property
    def attempt(self) -> int:
        """The number of this try, from 1: a fence for what the job does outside."""
        return self._running.execution.attempt if self._running else 1

    def update_progress(self, percent: float, message: str = "", **data: Any) -> None:
        """Tell how far the run is: percent from 0 to 100, a sentence, and small JSON.

        Cheap to call often: it is written at most each half second.
        """
        if self._running:
            self._running.report(percent, message, data)

    @property
    def checkpoint(self) -> Any:
        """What this or an earlier attempt saved last; None if nothing. A copy: save to keep it."""
        running = self._running
        holder = running.execution if running else self.request_stack.top
        return deepcopy(getattr(holder, "checkpoint", None))

    @checkpoint.setter
    def checkpoint(self, value: Any) -> None:
        """Save small JSON at once, for the attempts after this one. Outside of transactions.

        Raises ValueError above 64 KiB, EncodeError for what is no JSON, Overtaken.
        """
        request: Any = self.request_stack.top
        if self._running:
            self._running.save(value)
        elif request is not None:
            request.checkpoint = storable_checkpoint(value)

    def is_cancelled(self) -> bool:
        """Whether somebody asked this run to stop. Cheap to call often."""
        return self._running.is_cancelled() if self._running else False

    def raise_if_cancelled(self) -> None:
        """End the run here if somebody asked it to stop. Raises Cancelled."""
        if self.is_cancelled():
            raise Cancelled


def _revoke(request: Any, running: Running, reason: Reason) -> None:
    settle(request, "revoke", partial(lifecycle.revoke, running.claim, reason))
