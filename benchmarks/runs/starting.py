"""How soon a run starts on a worker that has nothing else to do."""

import time
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from redis import Redis

from benchmarks.runs.contenders import CONTENDERS, Contender
from benchmarks.runs.jobs import STAMPS
from benchmarks.runs.workers import running_worker

# The first ones open connections, in this process and in both children.
WARMING_UP = 20
# Between two submissions, in seconds: the outcome is written and the worker idle again.
PAUSE, PATIENCE = 0.02, 60


def measure(name: str, count: int) -> dict[str, Any]:
    """Milliseconds from before the call that submits to the first line of the body."""
    contender = CONTENDERS[name]
    # Its own default gives up sooner than a worker may need to start.
    client = Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2 * PATIENCE)
    client.flushall()
    with running_worker(contender):
        told = [_waited(contender, client) for _ in range(WARMING_UP + count)][WARMING_UP:]
    starts, submits = zip(*told, strict=True)
    return {
        "start_p50_ms": median(starts),
        "start_p99_ms": quantiles(starts, n=100)[98],
        "submit_p50_ms": median(submits),
    }


def _waited(contender: Contender, client: Redis) -> tuple[float, float]:
    """Milliseconds until the body began, and until the call that submits came back."""
    submit = getattr(contender.module, contender.submit)
    time.sleep(PAUSE)
    began = time.monotonic_ns()
    submit("stamp")
    submitted = time.monotonic_ns()
    told: Any = client.blpop([STAMPS], timeout=PATIENCE)
    if told is None:
        raise TimeoutError(f"No body began within {PATIENCE} s.")
    return (int(told[1]) - began) / 1e6, (submitted - began) / 1e6
