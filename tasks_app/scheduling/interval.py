"""Fires at equal distances from an anchor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.moments import (
    DAY,
    SECOND,
    from_microseconds,
    microseconds,
    read_moment,
    write_moment,
)

SHORTEST = SECOND // 10
LONGEST = 36_525 * DAY * SECOND


@dataclass(frozen=True)
class Interval:
    """Fires at anchor + k * every for each k from `first`; in microseconds, so nothing drifts."""

    every: int
    anchor: int
    first: int = 1

    def __post_init__(self) -> None:
        if not _is_whole(self.every) or not SHORTEST <= self.every <= LONGEST:
            raise ImpossibleSchedule(
                "An interval lasts from 100 milliseconds to 100 years: choose one between them."
            )
        if not _is_whole(self.first) or self.first < 0:
            raise ImpossibleSchedule("The first fire of an interval is a number of 0 or more.")

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the stored form."""
        anchor = microseconds(read_moment("anchor", document["anchor"]))
        return cls(document["every_us"], anchor, document.get("first", 1))

    def document(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": "interval",
            "every_us": self.every,
            "anchor": write_moment(from_microseconds(self.anchor)),
            "first": self.first,
        }

    def after(self, moment: int) -> int:
        """The first fire later than `moment`, both in microseconds."""
        return self.anchor + max(self.first, self._step(moment) + 1) * self.every

    def count(self, after: int, until: int) -> int:
        """How many fires lie in the time (after, until], both in microseconds."""
        return max(0, self._step(until) - max(self._step(after), self.first - 1))

    def _step(self, moment: int) -> int:
        return (moment - self.anchor) // self.every


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
