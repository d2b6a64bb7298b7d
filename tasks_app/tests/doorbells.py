"""What lies in the broker's queues, for tests with a real broker."""

from typing import Any

from config import celery_app
from tasks_app import broker


def messages(queue: str = "default") -> int:
    """How many wait in the queue."""
    return broker.lengths([queue])[queue]


def pop(count: int = 1, queue: str = "default") -> list[Any]:
    """Take messages off the queue for good, as a worker does that dies at once."""
    with celery_app.connection_for_read() as connection, connection.channel() as opened:
        channel: Any = opened
        taken = [channel.basic_get(queue, no_ack=True) for _ in range(count)]
    assert None not in taken
    return taken
