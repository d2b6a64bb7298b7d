"""What arrived in the broker: the queues' lengths, asked again and again while beats publish."""

import time
from typing import NamedTuple

from django.conf import settings
from redis import Redis

# Kombu keeps a list for each step of priority; the step 0 has the queue's own name.
_QUEUES = ("high_priority", "default", "low_priority")
_LISTS = [
    queue if step == 0 else f"{queue}\x06\x16{step}" for queue in _QUEUES for step in (0, 3, 6, 9)
]


class Sample(NamedTuple):
    """At a moment, in seconds of the epoch, so many messages lay in the queues."""

    at: float
    messages: int


class Queues:
    """The queues of the broker in the settings."""

    def __init__(self) -> None:
        self.client: Redis = Redis.from_url(settings.CELERY_BROKER_URL)

    def count(self) -> int:
        """How many messages wait."""
        pipeline = self.client.pipeline(transaction=False)
        for name in _LISTS:
            pipeline.llen(name)
        return sum(pipeline.execute())

    def empty(self) -> None:
        """Take all messages away; what else the broker holds stays."""
        self.client.delete(*_LISTS)

    def cpu_seconds(self) -> float:
        """What the broker has used so far."""
        facts = self.client.info("cpu")
        return float(facts["used_cpu_user"] + facts["used_cpu_sys"])

    def watch(self, wanted: int, until: float, pause: float = 0.01) -> list[Sample]:
        """Samples until so many messages are there, or the moment has come."""
        samples = []
        while True:
            samples.append(Sample(time.time(), self.count()))
            if samples[-1].messages >= wanted or samples[-1].at >= until:
                return samples
            time.sleep(pause)
