"""Where a schedule's run goes and as what: job, queue, priority, and what a lost worker means."""

from typing import NamedTuple

from tasks_app import broker, registry
from tasks_app.scheduling.due import Due
from tasks_app.states import QUEUE_OF_PRIORITY, OnLost, Priority, nearest_priority


class Route(NamedTuple):
    """As the ledger's columns hold it."""

    job: str
    queue: str
    priority: int
    on_lost: str


def route_of(due: Due, known: dict[tuple[object, ...], Route]) -> Route:
    """The route of a due timer. In a batch many ask alike: `known` keeps what was worked out."""
    key = (
        due.job,
        due.queue,
        due.exchange,
        due.routing_key,
        due.priority,
        due.task_priority,
        due.on_lost,
    )
    route = known.get(key)
    if route is None:
        route = known[key] = _route(due)
    return route


def _route(due: Due) -> Route:
    job = registry.find(due.job)
    priority = Priority(due.task_priority or nearest_priority(due.priority))
    queue = _queue(due) or (job.queue if job else "") or QUEUE_OF_PRIORITY[priority]
    repeatable = due.on_lost == OnLost.RETRY or (
        due.on_lost != OnLost.FAIL and job is not None and job.idempotent
    )
    on_lost = OnLost.RETRY if repeatable else OnLost.FAIL
    return Route(job.name if job else due.job, queue, int(priority), on_lost.value)


def _queue(due: Due) -> str:
    if due.queue or not due.routing_key:
        return due.queue
    return broker.queue_bound_to(due.exchange, due.routing_key)
