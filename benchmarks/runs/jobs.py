"""The two jobs that all contenders run."""

import os
import time
from functools import cache

from celery import shared_task
from redis import Redis

# The list in the broker that tells when bodies began.
STAMPS = "stamps"


@shared_task
def noop() -> None:
    """Do nothing."""


@shared_task
def stamp() -> None:
    """Tell when this line was reached, by the clock that all processes of the machine share."""
    began = time.monotonic_ns()
    _client().rpush(STAMPS, began)


@cache
def _client() -> Redis:
    return Redis.from_url(os.environ["CELERY_BROKER_URL"])
