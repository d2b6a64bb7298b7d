"""Queues whose runs nobody takes: without a worker, or with one that is deaf."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tasks_app.models import Pause, Worker
from tasks_app.models.pause import Held
from tasks_app.models.waiting_queues import overdue_queues
from tasks_app.reporting.watching.troubles import Trouble, Troubles

# A worker that is replaced is away for some seconds.
UNSERVED_AFTER = timedelta(seconds=15)
UNTAKEN_AFTER = timedelta(seconds=30)
QUIET_AFTER = timedelta(seconds=60)


def overdue() -> tuple[set[str], set[str]]:
    """Queues with a run that is due for 15 s, and for 30 s, and that are not paused."""
    queues = overdue_queues(UNSERVED_AFTER, UNTAKEN_AFTER)
    some = not_held(name for name, (some, _) in queues.items() if some)
    return some, {name for name in some if queues[name][1]}


def unserved_queues(overdue: Iterable[str], workers: Sequence[Worker]) -> Troubles:
    """Of queues with overdue runs, those that no living worker serves."""
    return {
        queue: Trouble(
            f"Runs wait on queue {queue}, and no living worker serves it.",
            f"Start a worker for it: celery -A config worker -Q {queue}.",
        )
        for queue in overdue
        if not _serving(queue, workers)
    }


def untaken_queues(overdue: Iterable[str], workers: Sequence[Worker]) -> Troubles:
    """Of queues with runs due for 30 s, those from which workers with room took nothing meanwhile.

    Workers whose slots are all taken are busy, which is no trouble.
    """
    deaf = {queue: _deaf(queue, workers, UNTAKEN_AFTER) for queue in overdue}
    return {queue: _untaken(queue, names) for queue, names in deaf.items() if names}


def quiet_queues(workers: Sequence[Worker]) -> set[str]:
    """Queues of living workers with room that got nothing from them for 60 s."""
    served = {queue for worker in workers if worker.lives for queue in worker.queues}
    return {queue for queue in served if _deaf(queue, workers, QUIET_AFTER)}


def _deaf(queue: str, workers: Sequence[Worker], span: timedelta) -> list[str]:
    """The workers that could take from a queue, if none of it took anything for so long."""
    serving = _serving(queue, workers)
    quiet = [worker.quiet_on(queue) for worker in serving]
    if any(each is None or each < span for each in quiet):
        return []
    return sorted(worker.hostname for worker in serving if worker.has_room)


def _serving(queue: str, workers: Sequence[Worker]) -> list[Worker]:
    return [worker for worker in workers if worker.lives and queue in worker.queues]


def _untaken(queue: str, names: Sequence[str]) -> Trouble:
    who = f"Worker {names[0]} is" if len(names) == 1 else f"Each of {', '.join(names)} is"
    return Trouble(
        f"{who} connected but takes nothing from queue {queue}, where runs wait.",
        "Restart it, or let it serve the queue again: celery -A config control add_consumer "
        f"{queue}.",
    )


def not_held(queues: Iterable[str]) -> set[str]:
    """Those that no pause holds."""
    queues = set(queues)
    held = Pause.objects.in_force().held() if queues else Held()
    return {queue for queue in queues if not held.covers(queue, None)}
