"""A stand-in for the running job: keeps what it reports, and can be cancelled on the way."""

from collections.abc import Callable
from typing import Any


class Stopped(Exception):
    """What the stand-in raises when the job looks and has been cancelled."""


class RecordingJob:
    """`cancelled_at` is the percentage from which on a look at the cancel request ends the job."""

    def __init__(self, cancelled_at: float = 101) -> None:
        self.cancelled_at = cancelled_at
        self.reports: list[tuple[float, str, dict[str, Any]]] = []
        self.looks = 0

    def update_progress(self, percent: float, message: str = "", **data: Any) -> None:
        self.reports.append((percent, message, data))

    def raise_if_cancelled(self) -> None:
        self.looks += 1
        if max(self.percents, default=0) >= self.cancelled_at:
            raise Stopped

    @property
    def percents(self) -> list[float]:
        return [percent for percent, _, _ in self.reports]

    def run(self, job: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the job's own body with this stand-in as `self`."""
        body: Callable[..., Any] = job.run.__func__
        return body(self, *args, **kwargs)
