"""The class of every job: it claims before the body runs and says how the body ended."""

from datetime import datetime
from typing import Any, NoReturn

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.exceptions import Retry

from tasks_app.broker import MARKER
from tasks_app.runtime import retrying
from tasks_app.runtime.adopting import adopt, is_plain
from tasks_app.runtime.alarm import alarm_of
from tasks_app.runtime.authoring import Authoring
from tasks_app.runtime.canvas.envelopes import arguments_of
from tasks_app.runtime.claims import begin
from tasks_app.runtime.ending import heard_by_celery
from tasks_app.runtime.heartbeat import heartbeat
from tasks_app.runtime.logs.capture import captured
from tasks_app.runtime.running import Running
from tasks_app.runtime.soft import gate
from tasks_app.runtime.succeeding import succeed


class Job(Authoring, DjangoTask):
    """Celery's Task with the ledger in front of its body.

    A job declared with `idempotent=True`, or with `acks_late=True, reject_on_worker_lost=True`, is
    run again after its worker died; others end as lost.
    """

    abstract = True
    Request = "tasks_app.runtime.request:LedgerRequest"
    idempotent = False
    # A job that keeps no result still has an outcome.
    store_errors_even_if_ignored = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.awaits_claim():
            return self.claim_and_run()
        return super().__call__(*args, **kwargs)

    def awaits_claim(self) -> bool:
        """Whether this is a message of a run, and not plain Celery, a direct or a nested call."""
        request: Any = self.request_stack.top
        return not (
            request is None
            or request.called_directly
            or request.is_eager
            or request.get("running")
            or is_plain(self.name, request)
        )

    def claim_and_run(self) -> Any:
        """The run that the present message asks for, if this delivery gets it."""
        request: Any = self.request_stack.top
        if not request.get(MARKER):
            adopt(self, request)
        gate.new_run()
        running = begin(request, self.name)
        running.must_end_within((request.timelimit or (None, None))[0] or self.time_limit)
        value = self._run_body(request, running)
        succeed(self, request, running, value)
        return value

    def _run_body(self, request: Any, running: Running) -> Any:
        with (
            heard_by_celery(self, request, running),
            heartbeat.of(running),
            captured(running),
            alarm_of(self),
            gate.body(),
        ):
            return self.body(*request.args, **request.kwargs)

    def body(self, *args: Any, **kwargs: Any) -> Any:
        """What runs once the claim is made."""
        return self.run(*args, **kwargs)

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
