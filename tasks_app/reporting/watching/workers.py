"""Workers that fell silent without a goodbye."""

from collections.abc import Sequence
from datetime import timedelta

from tasks_app.models import Worker
from tasks_app.reporting.watching.troubles import Trouble, Troubles

# Where others serve its queues, a silent worker is gone for good after this, and after a day
# anyway: runs that then wait for one are a trouble of their queue.
REPLACED_AFTER, GONE_AFTER = timedelta(minutes=10), timedelta(days=1)


def silent_workers(workers: Sequence[Worker]) -> Troubles:
    """Of workers on duty, those not heard for three heartbeats, until they are gone."""
    served = {queue for worker in workers if worker.lives for queue in worker.queues}
    return {
        worker.hostname: _silent(worker)
        for worker in workers
        if not worker.lives and worker.silence < _patience(worker, served)
    }


def _patience(worker: Worker, served: set[str]) -> timedelta:
    return REPLACED_AFTER if served.issuperset(worker.queues) else GONE_AFTER


def _silent(worker: Worker) -> Trouble:
    queues = ", ".join(worker.queues) or "no queue"
    return Trouble(
        f"Worker {worker.hostname} fell silent without a goodbye; it served {queues}.",
        "See whether its process lives and reaches the database, and start it again. What it ran "
        "is decided by its lease.",
    )
