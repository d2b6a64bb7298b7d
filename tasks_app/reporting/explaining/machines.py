"""Evidence about what must live for a run to start: workers, their queues, the broker, beats."""

import logging
from datetime import datetime
from functools import cached_property

from tasks_app import broker
from tasks_app.models import Beat, Worker
from tasks_app.models.beat import FORGOTTEN_AFTER, SILENT_AFTER
from tasks_app.models.control import database_time
from tasks_app.reporting.explaining.moments import at, clock

logger = logging.getLogger(__name__)

# Workers that are looked at, those heard last first; an installation has dozens.
MOST_WORKERS = 500
MOST_BEATS = 20
# Workers named in one sentence.
MOST_NAMED = 5


class Machines:
    """The machinery as the database and the broker tell it at `now`; each is asked at most once."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or database_time()
        self._lengths: dict[str, int | None] = {}

    @cached_property
    def workers(self) -> list[Worker]:
        return list(Worker.objects.heard_last()[:MOST_WORKERS])

    @cached_property
    def last_beat(self) -> Beat | None:
        """One that lives, else the one that was heard last."""
        beats = list(Beat.objects.heard_last()[:MOST_BEATS])
        return next((beat for beat in beats if beat.lives), beats[0] if beats else None)

    @property
    def beat_lives(self) -> bool:
        return self.last_beat is not None and self.last_beat.lives

    def serving(self, queue: str) -> list[Worker]:
        """The living workers that take from `queue`."""
        return [worker for worker in self.workers if worker.lives and queue in worker.queues]

    def last_serving(self, queue: str) -> Worker | None:
        """The worker of `queue` that was heard last, living or not."""
        return next((worker for worker in self.workers if queue in worker.queues), None)

    def holder(self, execution_id: object) -> Worker | None:
        """The living worker that has the message of this run in its hands."""
        held = str(execution_id)
        return next((each for each in self.workers if each.lives and held in each.held), None)

    def heard(self, hostname: str) -> str:
        """When a worker was last heard, as a line; empty if there is no row of it."""
        worker = next((each for each in self.workers if each.hostname == hostname), None)
        if worker is None:
            return ""
        goodbye = f" It stopped: {worker.stop_reason}." if worker.stopped_at else ""
        return f"Worker {hostname} was last heard at {at(worker.seen_at, self.now)}.{goodbye}"

    def messages(self, queue: str) -> int | None:
        """How many messages wait in `queue`; None if the broker does not answer."""
        if queue not in self._lengths:
            try:
                broker.check()  # gives up on a broker that hangs three times as soon
                self._lengths[queue] = broker.lengths([queue])[queue]
            except Exception as error:  # each transport fails in its own way
                logger.warning("broker does not answer: %s", error)
                self._lengths[queue] = None
        return self._lengths[queue]

    def evidence(self, queue: str) -> list[str]:
        """Who serves `queue`, whether the broker answers, whether a beat lives."""
        return [self._served(queue), self._broker(queue), self.beat_line()]

    def _served(self, queue: str) -> str:
        serving = self.serving(queue)
        if serving:
            names = _listed([f"{each.hostname} ({each.concurrency} slots)" for each in serving])
            return f"Queue {queue} is served by {names}."
        others = [each for each in self.workers if each.lives]
        if not others:
            return "No worker lives." + self._last_worker()
        names = _listed([f"{each.hostname} ({', '.join(each.queues)})" for each in others])
        return f"Live workers and the queues they serve: {names}."

    def _last_worker(self) -> str:
        return " " + self.heard(self.workers[0].hostname) if self.workers else ""

    def _broker(self, queue: str) -> str:
        count = self.messages(queue)
        if count is None:
            return "The broker does not answer."
        wait = "1 message waits" if count == 1 else f"{count} messages wait"
        return f"The broker answers: {wait} in queue {queue}."

    def beat_line(self) -> str:
        """Whether a beat lives, or when the last one was heard."""
        beat = self.last_beat
        if beat is None:
            return "No beat lives, and none was heard before."
        heard = at(beat.seen_at, self.now)
        if beat.lives:
            return f"Beat {beat.name} lives: heard at {heard}."
        return f"No beat lives: the last one, {beat.name}, was heard at {heard}."

    def silence_of_beats(self, moment: datetime) -> str:
        """`from a to b` if the rows prove that no beat lived at `moment`; else empty.

        Rows of beats are forgotten after a week, so older moments cannot be proven.
        """
        if moment < self.now - FORGOTTEN_AFTER:
            return ""
        until, since = Beat.objects.silence_around(moment)
        if until and until >= moment - SILENT_AFTER:
            return ""
        end = clock(since) if since else "now"
        return f"from {clock(until)} to {end}" if until else f"until {end}"


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
