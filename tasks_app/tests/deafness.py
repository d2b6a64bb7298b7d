"""Workers that fail as only the wild makes them: connected, alive, and deaf."""

from typing import Any

from celery.worker.control import control_command
from kombu import Connection

from config import celery_app
from tasks_app.runtime import quiet

TRIES = 10


@control_command(args=[("queue", str)])
def deafen(state: Any, queue: str) -> dict[str, str]:
    """Take nothing from the queue any more, without knowing it."""
    state.consumer.task_consumer.cancel_by_queue(queue)
    return {"ok": f"deaf to {queue}"}


@control_command(args=[("seconds", float)])
def grow_quiet(state: Any, seconds: float) -> dict[str, str]:
    """As if every queue had been quiet for so much longer."""
    quiet._began -= seconds
    for queue in quiet._last:
        quiet._last[queue] -= seconds
    return {"ok": f"quiet for {seconds} s"}


def tell_workers(broker_url: str, command: str, **arguments: Any) -> None:
    """Send one of the commands above, or of Celery's, until a worker obeys: one that just began
    may not listen yet."""
    with Connection(broker_url) as connection:
        replies = (
            celery_app.control.broadcast(
                command, arguments, reply=True, timeout=2, limit=1, connection=connection
            )
            for _ in range(TRIES)
        )
        assert any(replies), f"no worker obeyed {command}"
