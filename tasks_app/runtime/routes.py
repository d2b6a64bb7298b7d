"""To which queue a call goes: what its options say, or the routes of the settings."""

from collections.abc import Mapping
from typing import Any

from celery import Celery

from tasks_app import broker


def queue_of(options: Mapping[str, Any]) -> str:
    """The queue that options or a route name; empty if they name none.

    By name, as an object of kombu, or as what is bound to an exchange and routing key.
    """
    queue, key = options.get("queue"), options.get("routing_key")
    if queue is None and key:
        exchange = options.get("exchange") or ""
        return broker.queue_bound_to(getattr(exchange, "name", exchange), key)
    return getattr(queue, "name", queue) or ""


def routed_queue(app: Celery, job: str) -> str:
    """The queue that CELERY_TASK_ROUTES has for a job; empty if it has none."""
    route: Any = app.amqp.router.lookup_route(job)
    return queue_of(route or {})
