"""Jobs that log and print, for tests of the log of a run."""

import logging
import os
import resource
import signal
import sys
import threading
import time
from contextvars import copy_context
from typing import Any

from celery import shared_task
from celery.utils.log import get_task_logger

logger = logging.getLogger("shop.orders")
task_logger = get_task_logger(__name__)


@shared_task(bind=True, idempotent=True, max_retries=3, default_retry_delay=0)
def chatter(self: Any, *words: str) -> None:
    """Log each word; `retry`, `fail` and `die` are done, not said."""
    for word in words:
        if word == "retry" and self.attempt == 1:
            raise self.retry()
        if word == "fail":
            raise ValueError("no more words")
        if word == "die" and self.attempt == 1:
            # What was said more than a second ago must survive, and a busy machine is late.
            time.sleep(4)
            os.kill(os.getpid(), signal.SIGKILL)
        if word not in {"retry", "die"}:
            logger.info("%s", word)


@shared_task
def say_in_every_way() -> None:
    """Use loggers, the standard streams and a thread."""
    logger.warning("from a logger")
    task_logger.error("from Celery's logger")
    print("from", "print")
    print("to stderr", file=sys.stderr)
    try:
        raise ValueError("no powder")
    except ValueError:
        logger.exception("with a traceback")
    for start in (threading.Thread, _with_this_context):
        thread = start(target=logger.info, args=(f"from {start.__name__}",))
        thread.start()
        thread.join()
    print("without an end", end="")


def _with_this_context(target: Any, args: Any) -> threading.Thread:
    return threading.Thread(target=copy_context().run, args=(target, *args))


@shared_task(bind=True)
def flood(self: Any, lines: int) -> dict[str, float]:
    """Log many lines, and tell what that cost: seconds, and MiB of memory that the process grew."""
    before, began_at = _peak(), time.monotonic()
    for number in range(lines):
        logger.info("line %d of a job that talks too much", number)
    return {"seconds": time.monotonic() - began_at, "grown": _peak() - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@shared_task(bind=True)
def talk(self: Any, seconds: float) -> None:
    """Say something five times a second."""
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        number += 1
        logger.info("word %d", number)
        time.sleep(0.2)
        self.raise_if_cancelled()


@shared_task
def count(number: int) -> float:
    """Compute, and tell how many seconds that took."""
    began_at = time.monotonic()
    sum(number % 7 for number in range(number))
    return time.monotonic() - began_at
