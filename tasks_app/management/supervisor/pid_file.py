"""Which children run, written down so that the next start can end what a dead `up` left."""

import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

SAME_MOMENT = 2.0  # seconds by which two readings of a process's start may differ


class PidFile:
    """Each child leads a process group, so its pid names the whole group."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, pids: Iterable[int]) -> None:
        started = {}
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                started[pid] = psutil.Process(pid).create_time()
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(started))
        fresh.replace(self._path)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def end_leftovers(self) -> int:
        """Kill what the last `up` could not end; answer how many processes that was."""
        ended = 0
        for pid, started in self._read().items():
            for process in _members_of_group(int(pid), started):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
                    process.wait(timeout=5)
                    ended += 1
        self.remove()
        return ended

    def _read(self) -> dict[str, float]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (OSError, ValueError, TypeError):
            return {}


def _members_of_group(leader: int, started: float) -> Iterator[psutil.Process]:
    """Processes of the group, unless its number has since gone to somebody else's group."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) != leader:
                continue
            same = abs(process.create_time() - started) <= SAME_MOMENT
            if process.pid == leader and not same:
                return
            if process.create_time() >= started - SAME_MOMENT:
                yield process
