"""What a job may ask and tell while it runs."""

from copy import deepcopy
from typing import Any
from uuid import UUID

from tasks_app.runtime.checkpoints import storable_checkpoint
from tasks_app.runtime.exceptions import Cancelled
from tasks_app.runtime.running import Running


class Authoring:
    """For the authors of jobs. Run inline, a job tells nobody and is never cancelled."""

    request_stack: Any

    @property
    def _running(self) -> Running | None:
        request = self.request_stack.top
        return request.get("running") if request else None

    @property
    def execution_id(self) -> UUID | None:
        """The id of the execution: an idempotency key for what the job does outside."""
        return self._running.claim.id if self._running else None

    @property
    def attempt(self) -> int:
        """The number of this try, from 1: a fence for what the job does outside."""
        return self._running.execution.attempt if self._running else 1

    def update_progress(self, percent: float, message: str = "", **data: Any) -> None:
        """Tell how far the run is: percent from 0 to 100, a sentence, and small JSON.

        Cheap to call often: it is written at most each half second.
        """
        if self._running:
            self._running.report(percent, message, data)

    @property
    def checkpoint(self) -> Any:
        """What this or an earlier attempt saved last; None if nothing. A copy: save to keep it."""
        running = self._running
        holder = running.execution if running else self.request_stack.top
        return deepcopy(getattr(holder, "checkpoint", None))

    @checkpoint.setter
    def checkpoint(self, value: Any) -> None:
        """Save small JSON at once, for the attempts after this one. Outside of transactions.

        Raises ValueError above 64 KiB, EncodeError for what is no JSON, Overtaken.
        """
        request: Any = self.request_stack.top
        if self._running:
            self._running.save(value)
        elif request is not None:
            request.checkpoint = storable_checkpoint(value)

    def is_cancelled(self) -> bool:
        """Whether somebody asked this run to stop. Cheap to call often."""
        return self._running.is_cancelled() if self._running else False

    def raise_if_cancelled(self) -> None:
        """End the run here if somebody asked it to stop. Raises Cancelled."""
        if self.is_cancelled():
            raise Cancelled
