"""What a worker and its children use of the machine."""

import time

import psutil


class Usage:
    """Processor share since the last look, and memory now."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._seconds = 0.0
        self._looked_at = 0.0

    def look(self) -> dict[str, float]:
        """`cpu_percent` (100 is one core) and `memory_bytes`, children included."""
        seconds, memory = 0.0, 0
        for process in [self._process, *self._process.children(recursive=True)]:
            try:
                times, resident = process.cpu_times(), process.memory_info().rss
            except psutil.Error:  # a child that is gone by now
                continue
            seconds += times.user + times.system
            memory += resident
        now = time.monotonic()
        passed, used = now - self._looked_at, max(seconds - self._seconds, 0.0)
        percent = round(100 * used / passed, 1) if self._looked_at else 0.0
        self._seconds, self._looked_at = seconds, now
        return {"cpu_percent": percent, "memory_bytes": memory}
