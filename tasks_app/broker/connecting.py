"""Connections to the broker, which stay open for the next caller of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from celery import current_app
from kombu.pools import producers

# In seconds. A try that fails is repeated once by the transport.
PATIENCE, PUSH_PATIENCE = 2, 1


@contextmanager
def producer_of(connection: Any) -> Iterator[Any]:
    """One of the pool's. Raises what the transport raises."""
    with producers[connection].acquire(block=True, timeout=PATIENCE) as producer:
        yield producer


def pooled_connection() -> Any:
    """It names the pool that opens its likes, and is never opened itself."""
    return _connection(current_app.conf.broker_write_url)


@cache
def _connection(url: str) -> Any:
    """For callers that wait: a broker that hangs is given up sooner than by a worker.

    It is dear to make.
    """
    return current_app.connection_for_write(
        url, transport_options={"socket_timeout": PUSH_PATIENCE}
    )
