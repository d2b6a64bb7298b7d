"""Where messages go that name an exchange."""

from celery import current_app


def queue_bound_to(exchange: str, routing_key: str) -> str:
    """The queue that gets what is sent to an exchange with a routing key; empty if there is none.

    An empty exchange is any.
    """
    for name, queue in current_app.amqp.queues.items():
        bound = exchange in ("", queue.exchange.name)
        if bound and routing_key in (queue.routing_key, name):
            return str(name)
    return ""
