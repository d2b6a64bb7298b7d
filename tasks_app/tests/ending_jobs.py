"""Jobs that end, or tell their end, in words of Celery's own."""

from datetime import datetime
from typing import Any

from celery import shared_task
from celery.exceptions import Ignore, Reject, Retry

from tasks_app.tests.canvas_jobs import add


@shared_task(bind=True, max_retries=1)
def put_back(self: Any) -> None:
    """Put the message back, each time."""
    raise Reject("not now", requeue=True)


@shared_task(max_retries=1)
def try_later() -> None:
    """Ask for another try without asking the job."""
    raise Retry(when=5)  # type: ignore[arg-type]


@shared_task(bind=True, default_retry_delay=0)
def day_after(self: Any, day: Any) -> int:
    """Ask for another try with a date, and tell its day then."""
    if not self.request.retries:
        raise self.retry(args=[datetime(2026, 3, 1)])
    return int(day.day)


@shared_task(bind=True)
def tell_meta(self: Any, meta: Any) -> list[Any]:
    """Say how far it is with any meta, and what others read then."""
    self.update_state(state="READING", meta=meta)
    self.request.running.flush()
    read = self.AsyncResult(self.request.id)
    return [read.state, read.info]


@shared_task(bind=True)
def end_oneself(self: Any, state: str, meta: Any) -> None:
    """Say how the run ended, and ask to be left alone."""
    self.update_state(state=state, meta=meta)
    raise Ignore


@shared_task(bind=True)
def call_others(self: Any) -> list[str]:
    """Call one job for the trail and one beside it; tell the trail."""
    add.delay(1)
    add.apply_async((2,), add_to_parent=False)
    return [child.id for child in self.request.children]
