"""The soft time limit in a solo pool: no other process is there to send it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tasks_app.runtime.processes import is_main
from tasks_app.runtime.soft import gate


@contextmanager
def alarm_of(job: Any) -> Iterator[None]:
    """Ring at the gate when the soft limit of `job`'s request is over, if nobody else will."""
    limit = (job.request.timelimit or (None, None))[1] or job.soft_time_limit
    # In a threads pool jobs run in other threads, which no signal reaches.
    if not limit or not is_main() or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, gate.handler)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
