"""When a try that failed is repeated, and after how long."""

import random
from datetime import datetime
from typing import Any

from celery import Task
from celery.exceptions import MaxRetriesExceededError, Retry
from django.utils import timezone

from tasks_app.models import TaskExecution
from tasks_app.runtime.named_errors import is_named
from tasks_app.runtime.running import Running


def again(
    job: Task,
    running: Running,
    error: Exception | None,
    eta: datetime | None,
    countdown: float | None,
    max_retries: int | None,
) -> Retry:
    """The exception that makes a retry, with the delay noted on the attempt.

    The policy of the execution decides how often; without one, the caller or the job does. Raises
    `error` or MaxRetriesExceededError once that is used up, and at once for an `error` that the
    policy says fails, unless the job asked for the try by itself.
    """
    if error and _is_automatic(job, error) and is_named(error, running.execution.fail_on):
        raise error
    limit = _limit(running.execution, job.max_retries if max_retries is None else max_retries)
    if limit is not None and running.execution.failed_tries >= limit:
        raise error or MaxRetriesExceededError(
            f"{job.name} failed {running.execution.failed_tries + 1} times; no try is left."
        )
    if eta is not None:
        countdown = (eta - timezone.now()).total_seconds()
    delay: Any = job.default_retry_delay if countdown is None else max(countdown, 0)
    running.retry_delay = float(delay)
    return Retry(exc=error, when=delay)


def by_policy(job: Task, running: Running, error: Exception) -> None:
    """Raise a retry for `error` if the execution's own policy repeats it and has a try left."""
    execution = running.execution
    if execution.max_attempts is None or execution.failed_tries + 1 >= execution.max_attempts:
        return
    if not repeats(execution, error):
        return
    raise again(job, running, error, None, back_off(execution), None) from error


def repeats(execution: TaskExecution, error: Exception) -> bool:
    """Whether the policy tries again after `error`: `fail_on` is stronger than `retry_on`."""
    if is_named(error, execution.fail_on):
        return False
    return not execution.retry_on or is_named(error, execution.retry_on)


def back_off(execution: TaskExecution) -> float:
    """Seconds until the next try: the base, doubled for each failed one, capped, then spread."""
    # The exponent is bounded because a thousand doublings overflow a float.
    exponent = min(execution.failed_tries, 32)
    delay = min(execution.retry_backoff_max, execution.retry_backoff * 2.0**exponent)
    return delay * random.random() if execution.retry_jitter else delay  # noqa: S311


def put_back(job: Task, running: Running, rejection: Any) -> None:
    """A message that a job puts back asks for another try at once, as long as one is left."""
    if rejection.requeue:
        error = RuntimeError(f"The job put its message back: {rejection.reason}")
        raise again(job, running, error, None, 0, None)


def note_delay(job: Task, running: Running, retry: Retry) -> None:
    """Of a bare `raise Retry(...)`, which came by no `self.retry()`. Raises what `again` raises."""
    if running.retry_delay is not None:
        return
    when: Any = retry.when
    at = when if isinstance(when, datetime) else None
    again(job, running, retry.exc, at, None if at else when, None)


def _is_automatic(job: Task, error: Exception) -> bool:
    """Whether `autoretry_for` asks, and not the job's own code.

    Celery's wrapper stands in the place of `run`, and caught the error: so its frame is the first
    of the traceback.
    """
    wrapper = getattr(job.run, "__code__", None) if hasattr(job, "_orig_run") else None
    caught_in = error.__traceback__
    return bool(wrapper and caught_in and caught_in.tb_frame.f_code is wrapper)


def _limit(execution: TaskExecution, declared: int | None) -> int | None:
    return declared if execution.max_attempts is None else execution.max_attempts - 1
