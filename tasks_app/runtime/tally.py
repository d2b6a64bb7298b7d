"""Counts what is rare, without a statement where it happens: threads beside it write the sums."""

import os
import threading

from tasks_app.models import Counter


class Tally:
    """What this process has counted and not yet written."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a process that was just forked."""
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, name: str, count: int = 1) -> None:
        """Count `count` more."""
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + count

    def flush(self) -> None:
        """Write the sums: no statement where there are none. What the database did not take is
        kept. Raises its errors."""
        with self._lock:
            taken, self._counts = self._counts, {}
        try:
            for name in sorted(taken):
                Counter.objects.add(name, taken[name])
                taken[name] = 0
        finally:
            for name, count in taken.items():
                if count:
                    self.add(name, count)


tally = Tally()
# What the main process has counted is no child's to write; and its lock may be taken just now.
os.register_at_fork(after_in_child=tally.forget)
