"""Which pools may run jobs, and what some of them cannot do."""

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

_PREFORK = "celery.concurrency.prefork"
# By the module of the pool: what it cannot do, as a sentence.
BOUNDS = {
    _PREFORK: "",
    "celery.concurrency.solo": (
        "The solo pool runs one job at a time, in the worker itself: at its hard time limit a run "
        "is ended, but its job, as one that is cancelled, is asked to stop and never killed."
    ),
    "celery.concurrency.thread": (
        "The threads pool knows no soft time limits; at its hard one a run is ended, but its job, "
        "as one that is cancelled, is asked to stop and never killed."
    ),
}
# What `-O` may say for "a child gets its next job when the last one is over".
_FAIR = (None, "default", "fair")


def refuse_unfit(worker: Any) -> None:
    """Raise ImproperlyConfigured for a pool that breaks what a claim promises.

    In green threads the heartbeat is one of them: a job that computes keeps it from speaking, and
    loses its lease while it works. A prefork pool that hands a child its next job early may kill
    that one for the one before.
    """
    if worker.pool_cls.__module__ not in BOUNDS:
        raise ImproperlyConfigured(
            f"The pool {name_of(worker)} cannot run jobs safely. "
            "Use --pool prefork (in production), threads or solo."
        )
    if worker.optimization not in _FAIR:
        raise ImproperlyConfigured(
            f"With -O {worker.optimization} a stopped job may be taken for its next. Use -O fair."
        )


def tell_bounds(worker: Any) -> None:
    """Log what this worker's pool cannot do, if anything."""
    if bounds := BOUNDS[worker.pool_cls.__module__]:
        logger.warning("%s Use --pool prefork in production.", bounds)


def can_kill(worker: Any) -> bool:
    """Whether the main process can end the child that runs one job, from its event loop."""
    return bool(worker.use_eventloop) and worker.pool_cls.__module__ == _PREFORK


def look_for_dead_children(worker: Any) -> None:
    """Each second: Celery is told of most deaths at once, and finds the others each five."""
    if can_kill(worker):
        worker.timer.call_repeatedly(1.0, worker.pool.maintain_pool)


def name_of(worker: Any) -> str:
    """The pool in a word, as Celery calls its module."""
    return str(worker.pool_cls.__module__).rpartition(".")[2]
