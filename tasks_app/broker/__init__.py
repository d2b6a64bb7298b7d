"""The only talk to the broker: ring doorbells, and ask how many wait in a queue.

A message says "look at row X" and carries nothing that anybody may lose: the job's name and the
ids of its canvas, so that Celery's own tools stay readable, the limits, and our marker.
"""

from tasks_app.broker.asking import check, epoch, facts, lengths
from tasks_app.broker.doorbell import BROKER_PRIORITY, MARKER, Doorbell
from tasks_app.broker.ringing import ring
from tasks_app.broker.routing import queue_bound_to

__all__ = [
    "BROKER_PRIORITY",
    "MARKER",
    "Doorbell",
    "check",
    "epoch",
    "facts",
    "lengths",
    "queue_bound_to",
    "ring",
]
