"""What a child runs and how it is asked to stop."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class StopStep(NamedTuple):
    """A signal, and how many seconds it may take until the next step."""

    signal: signal.Signals
    patience: float


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    # After the last step everything in the child's process group is killed.
    stop_steps: tuple[StopStep, ...] = (StopStep(signal.SIGTERM, 5),)
