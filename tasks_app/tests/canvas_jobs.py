"""Small steps for canvases, for tests that look at what follows what."""

import time
from typing import Any

from celery import shared_task
from celery.exceptions import Ignore


@shared_task
def add(*numbers: int) -> int:
    """The sum."""
    return sum(numbers)


@shared_task
def total(numbers: list[int]) -> int:
    """The sum of what a group returned."""
    return sum(numbers)


@shared_task
def listed(values: list[Any]) -> list[Any]:
    """What a group returned."""
    return values


@shared_task
def one_argument(value: Any) -> Any:
    """Give it back."""
    return value


@shared_task
def keep_secret(*_: Any) -> dict[str, str]:
    """A result that is redacted before it is stored."""
    return {"password": "hunter2"}


@shared_task(ignore_result=True)
def unkept(*numbers: int) -> int:
    """The sum, which nobody keeps."""
    return sum(numbers)


class Broken(Exception):
    """An error of these jobs' own."""


@shared_task
def break_down(*_: Any) -> None:
    """Fail."""
    raise Broken("out of order", 7)


@shared_task
def look_away(*_: Any) -> None:
    """Ask to be ignored."""
    raise Ignore


@shared_task(bind=True, max_retries=2, default_retry_delay=0)
def at_the_second_try(self: Any, number: int) -> int:
    """Fail once, then give the number back."""
    if self.request.retries < 1:
        raise self.retry()
    return number


@shared_task
def on_error(task_id: str) -> str:
    """An errback of the old kind: it is told the id."""
    return task_id


@shared_task
def on_error_in_full(request: Any, error: Exception, traceback: str, note: str = "") -> list[Any]:
    """An errback of the new kind: it is told everything."""
    return [
        request.id,
        type(error).__name__,
        list(error.args),
        "break_down" in (traceback or ""),
        note,
    ]


@shared_task(bind=True)
def call_another(self: Any, number: int) -> str:
    """A job that calls a job."""
    return str(add.delay(number, 1).id)


@shared_task(bind=True)
def tell_family(self: Any, *_: Any) -> dict[str, Any]:
    """What the request says of where it belongs."""
    request = self.request
    return {name: getattr(request, name) for name in ("id", "root_id", "parent_id", "group")}


@shared_task
def total_of_secrets(values: list[Any]) -> str:
    """The secret that a member of the group returned."""
    return str(values[0]["password"])


@shared_task(bind=True)
def tell_headers(self: Any) -> dict[str, Any]:
    """What the request says of its headers."""
    return dict(self.request.headers)


@shared_task(expires=60, time_limit=30)
def declared() -> None:
    """A job that says how it wants to run."""


@shared_task(bind=True, default_retry_delay=0)
def retry_with_others(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """Ask for another try, with the arguments that `changed` tells."""
    changed = kwargs.pop("changed", None)
    if changed and not self.request.retries:
        raise self.retry(**changed)
    return [list(args), kwargs]


@shared_task(bind=True, default_retry_delay=0)
def retry_elsewhere(self: Any) -> None:
    """Ask for another try in another queue."""
    raise self.retry(queue="elsewhere")


@shared_task(bind=True)
def replace_myself(self: Any) -> None:
    """Put another job in one's own place."""
    raise self.replace(add.s(1))


@shared_task(acks_late=True)
def acks_late() -> None:
    """Asks the broker to wait."""


@shared_task(reject_on_worker_lost=True)
def reject_on_worker_lost() -> None:
    """Asks for what has no effect by itself."""


@shared_task(acks_late=True, reject_on_worker_lost=True)
def both() -> None:
    """Says that it may be repeated."""


@shared_task(bind=True)
def tell_state(self: Any, state: str = "READING") -> list[Any]:
    """Say how far it is in Celery's way, and what others read then."""
    self.update_state(state=state, meta={"current": 3, "total": 10})
    read = self.AsyncResult(self.request.id)
    self.raise_if_cancelled()
    return [read.state, read.info]


@shared_task(acks_late=True, reject_on_worker_lost=True)
def slow_add(number: int, seconds: float) -> int:
    """Give the number back after a while; may be repeated."""
    time.sleep(seconds)
    return number
