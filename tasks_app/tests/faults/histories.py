"""What happened, told by those who did it: files that only grow, on disk before anybody goes on."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class History:
    """A file of JSON lines that any number of threads and processes may add to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)

    def note(self, what: str, **facts: Any) -> Line:
        """Add a line with the time of both clocks, in seconds; return it once it is on disk."""
        line = {"what": what, "at": time.time(), "monotonic": time.monotonic(), **facts}
        # One write of a short line never mixes with another's.
        os.write(self._file, (json.dumps(line, default=str) + "\n").encode())
        os.fsync(self._file)
        return line

    def close(self) -> None:
        os.close(self._file)


def read_history(path: Path) -> list[Line]:
    """Every line, in the order in which they were written; none where nobody wrote."""
    return list(_lines(path)) if path.exists() else []


def _lines(path: Path) -> Iterator[Line]:
    with path.open() as file:
        for line in file:
            # A process that was killed inside a write leaves half a line.
            if line.endswith("\n"):
                yield json.loads(line)


class Histories:
    """The files of one trial, in its folder."""

    NAMES = ("clients", "effects", "faults", "finals")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clients, self.effects, self.faults, self.finals = (
            History(self.path(name)) for name in self.NAMES
        )

    def path(self, name: str) -> Path:
        """Where the lines of that name are."""
        return self.folder / f"{name}.jsonl"

    def read(self, name: str) -> list[Line]:
        """What was noted under that name so far."""
        return read_history(self.path(name))

    def close(self) -> None:
        for history in (self.clients, self.effects, self.faults, self.finals):
            history.close()
