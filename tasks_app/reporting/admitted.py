"""What this process let in lately: a count that is some seconds old does not know of it yet."""

from collections import Counter, deque
from typing import NamedTuple


class _Second(NamedTuple):
    at: int
    owners: Counter[int | None]


class Admitted:
    """Runs by owner, forgotten second by second. Its moments are those of `time.monotonic`."""

    def __init__(self) -> None:
        self._seconds: deque[_Second] = deque()
        self._owners: Counter[int | None] = Counter()
        self.all = 0

    def of(self, owner_id: int | None) -> int:
        """How many of this owner's."""
        return self._owners[owner_id]

    def add(self, owner_id: int | None, count: int, at: float) -> None:
        """Note that so many were let in, or fewer than was thought."""
        if not self._seconds or self._seconds[-1].at != int(at):
            self._seconds.append(_Second(int(at), Counter()))
        self._seconds[-1].owners[owner_id] += count
        self._owners[owner_id] += count
        self.all += count

    def forget_before(self, at: float) -> None:
        """Drop the seconds that were over at `at`: whoever counted then has counted those runs."""
        while self._seconds and self._seconds[0].at < int(at):
            over = self._seconds.popleft().owners
            self.all -= over.total()
            self._owners.subtract(over)
            for owner_id in over:
                if not self._owners[owner_id]:
                    del self._owners[owner_id]
