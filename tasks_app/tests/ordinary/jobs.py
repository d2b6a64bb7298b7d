"""Ordinary Celery code, as people bring it along: nothing in here knows Belfry.

`ORDINARY_FOLDER` names the folder where jobs leave marks. `ORDINARY_REPEATABLE=1` declares each
job as one that may run again after its worker died, in Celery's own words.
"""

import os
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from celery import Task, current_task, shared_task
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded

REPEATABLE: Any = {"acks_late": True, "reject_on_worker_lost": True}
job: Any = partial(shared_task, **(REPEATABLE if os.environ.get("ORDINARY_REPEATABLE") else {}))


def leave_mark(word: str) -> None:
    """One line for each time: the call's id, how often it was retried, the word."""
    request = current_task.request
    with (folder() / "marks").open("a") as marks:
        marks.write(f"{request.id} {request.retries} {word}\n")
        marks.flush()
        os.fsync(marks.fileno())


def folder() -> Path:
    """Where marks are left."""
    return Path(os.environ["ORDINARY_FOLDER"])


def wait_for(name: str, seconds: float = 100) -> None:
    """Return once the file is there, or when time is up."""
    deadline = time.monotonic() + seconds
    while not (folder() / name).exists() and time.monotonic() < deadline:
        time.sleep(0.02)


class OutOfStock(Exception):
    """An error of the author's own."""


class Shelf(Task):
    """A base class of the author's own, with Celery's hooks."""

    unit = "crate"

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        leave_mark("shelf:before")

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        leave_mark(f"shelf:success {retval} {list(args)}")

    def on_failure(self, exc: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        leave_mark(f"shelf:failure {exc}")

    def after_return(self, status: str, *rest: Any) -> None:
        leave_mark(f"shelf:after {status}")


@job
def add(x: float, y: float) -> float:
    """Add."""
    return x + y


@job
def double(x: float) -> float:
    """Multiply by two."""
    return 2 * x


@job
def total(numbers: list[float]) -> float:
    """Sum up what a chord's members returned."""
    return sum(numbers)


@job
def greet(name: str, greeting: str = "Hello", *, mark: str = "!") -> str:
    """Take keywords."""
    return f"{greeting}, {name}{mark}"


@job
def year_of(day: date) -> int:
    """Take what JSON has no word for."""
    return day.year


@job(bind=True)
def describe(self: Any, text: str) -> dict[str, Any]:
    """Tell what the job may know of its call."""
    request = self.request
    return {
        "args": list(request.args),
        "kwargs": dict(request.kwargs),
        "is its own root": request.root_id == request.id,
        "has a parent": request.parent_id is not None,
        "retries": request.retries,
        "limits": list(request.timelimit or ()),
        "tenant": (request.headers or {}).get("tenant"),
        "direct": request.called_directly,
        "eager": request.is_eager,
        "name": self.name,
        "text": text,
    }


@job
def fail(message: str) -> None:
    """Raise an error of the author's own."""
    raise OutOfStock(message)


@job
def divide(x: float, y: float) -> float:
    """Raise one of Python's errors if y is zero."""
    return x / y


@job
def mark(word: str) -> str:
    """Leave a mark."""
    leave_mark(word)
    return word


@job(ignore_result=True)
def mark_without_result(word: str) -> str:
    """Leave a mark and keep no result."""
    leave_mark(word)
    return word


@job(bind=True, max_retries=3, default_retry_delay=0)
def third_try(self: Any, word: str) -> int:
    """Ask for another try twice."""
    leave_mark(word)
    if self.request.retries < 2:
        raise self.retry(countdown=0.2)
    return int(self.request.retries)


@job(bind=True, max_retries=2, default_retry_delay=0)
def never_there(self: Any) -> None:
    """Use up the tries, and end with the last error."""
    leave_mark("never there")
    try:
        raise OutOfStock("still nothing")
    except OutOfStock as error:
        raise self.retry(exc=error) from error


@job(bind=True, max_retries=1, default_retry_delay=0)
def asks_too_often(self: Any) -> None:
    """Use up the tries without an error of its own."""
    raise self.retry()


@job(
    autoretry_for=(ConnectionError,),
    retry_backoff=True,
    retry_backoff_max=1,
    retry_jitter=False,
    retry_kwargs={"max_retries": 2},
)
def flaky(word: str, failures: int) -> str:
    """Fail a number of times with an error that Celery is told to retry."""
    leave_mark(word)
    if current_task.request.retries < failures:
        raise ConnectionError("the line is down")
    return "through"


@job
def ignored() -> None:
    """Ask to be ignored."""
    leave_mark("ignored")
    raise Ignore


@job
def rejected() -> None:
    """Reject the message."""
    leave_mark("rejected")
    raise Reject("unusable", requeue=False)


@job(soft_time_limit=1)
def tidies_up(seconds: float) -> str:
    """Catch the soft limit."""
    try:
        time.sleep(seconds)
    except SoftTimeLimitExceeded:
        leave_mark("tidied up")
        return "tidied up"
    return "in time"


@job(soft_time_limit=1)
def too_long(seconds: float) -> str:
    """Do not catch the soft limit."""
    time.sleep(seconds)
    return "in time"


@job(time_limit=1)
def much_too_long(seconds: float) -> str:
    """Be stopped by the hard limit."""
    time.sleep(seconds)
    return "in time"


@job(bind=True)
def tells_progress(self: Any) -> str:
    """Tell progress, and wait until somebody has read it."""
    self.update_state(state="PROGRESS", meta={"current": 3, "total": 10})
    leave_mark("told")
    (folder() / "told").touch()
    wait_for("read")
    return "done"


@job
def sleeps(seconds: float, word: str) -> str:
    """Leave marks before and after a pause."""
    leave_mark(f"{word} began")
    (folder() / f"{word} began").touch()
    time.sleep(seconds)
    leave_mark(f"{word} ended")
    return word


@job
def calls_others(words: list[str]) -> int:
    """Call other jobs from a job."""
    for word in words:
        mark.delay(word)
    return len(words)


@job(acks_late=True, reject_on_worker_lost=True)
def may_be_repeated(seconds: float, word: str) -> str:
    """Be run again after its worker died."""
    leave_mark(f"{word} began")
    time.sleep(seconds)
    return word


@job(rate_limit="50/s")
def paced(number: int) -> int:
    """Be started no oftener than so."""
    return number


@job(base=Shelf, bind=True)
def counts_crates(self: Any, number: int) -> str:
    """Have a base class of the author's own."""
    if number < 0:
        raise OutOfStock("fewer than none")
    return f"{number} {self.unit}"


@job
def on_error_old_style(task_id: str) -> None:
    """Hear of a failure by the id of what failed."""
    leave_mark("errback with an id")


@job
def on_error_new_style(request: Any, exc: Any, traceback: Any) -> None:
    """Hear of a failure with request and error, in the process where it failed."""
    written = folder() / "errback.new"
    written.write_text(f"{request.task} {exc!r} {bool(traceback)}")
    # Whoever waits for the file reads it whole.
    written.rename(folder() / "errback")
