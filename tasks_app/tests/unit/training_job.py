"""A stand-in for the running job that also keeps a checkpoint, and can die or be cancelled."""

import json
from typing import Any
from uuid import UUID, uuid4

from tasks_app.runtime.exceptions import Cancelled
from tasks_app.tests.unit.recording_job import RecordingJob, Stopped


class Died(Exception):
    """What the stand-in raises where a real worker would be gone."""


class TrainingJob(RecordingJob):
    """`dies_after` and `cancelled_in` are numbers of epochs; attempts share id and checkpoint."""

    def __init__(self, *, dies_after: int = 0, cancelled_in: int = 0) -> None:
        super().__init__(cancelled_at=101)
        self.execution_id: UUID = uuid4()
        self.dies_after = dies_after
        self.cancelled_in = cancelled_in
        self.kept: str | None = None

    @property
    def checkpoint(self) -> Any:
        return json.loads(self.kept) if self.kept else None

    @checkpoint.setter
    def checkpoint(self, value: Any) -> None:
        self.kept = json.dumps(value)
        if value["epoch"] == self.dies_after:
            raise Died

    def raise_if_cancelled(self) -> None:
        try:
            super().raise_if_cancelled()
        except Stopped as stopped:
            raise Cancelled from stopped
        if self.cancelled_in and len(self.epochs) + 1 >= self.cancelled_in:
            raise Cancelled

    @property
    def epochs(self) -> list[int]:
        """The epochs told, in order."""
        return [data["epoch"] for _, _, data in self.reports if "epoch" in data]

    @property
    def losses(self) -> list[float]:
        return [data["loss"] for _, _, data in self.reports if "loss" in data]

    def next_attempt(self) -> "TrainingJob":
        """Another try of the same execution, which nothing disturbs."""
        again = TrainingJob()
        again.execution_id, again.kept = self.execution_id, self.kept
        return again
