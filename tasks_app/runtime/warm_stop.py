"""A prefork pool at a warm stop hears its children out.

A message that was handed to a child, which has not said yet that it began, is forgotten by the pool
when the worker stops, for it goes back to the broker. The child may run it all the same. Celery's
pool then stops reading, and billiard's child waits 30 s for somebody who takes its result.
"""

import time
from typing import Any

from billiard.pool import TERMINATE, WorkersJoined
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.asynpool import ResultHandler as CelerysResultHandler

_Base: Any = CelerysResultHandler
PAUSE = 0.02


class ResultHandler(_Base):
    """Reads on until the last child has left."""

    def on_stop_not_started(self) -> None:
        """Called once the children are told to leave when they have nothing to do."""
        super().on_stop_not_started()
        mute: set[int] = set()
        while self._state != TERMINATE:
            for descriptor in self.fileno_to_outq.keys() - mute:
                self._hear(descriptor, mute)
            try:
                self.join_exited_workers(shutdown=True)
            except WorkersJoined:
                return
            time.sleep(PAUSE)

    def _hear(self, descriptor: int, mute: set[int]) -> None:
        """Take one message, if there is one; note a child that will say nothing more."""
        outqueue: Any = self.fileno_to_outq[descriptor].outq
        try:
            has_spoken = outqueue._reader.poll(0)
        except OSError:
            mute.add(descriptor)
            return
        if has_spoken:
            self._flush_outqueue(descriptor, mute.add, self.fileno_to_outq, self.on_state_change)


# Celery's pool asks its own class for it.
_pool: Any = AsynPool
_pool.ResultHandler = ResultHandler
