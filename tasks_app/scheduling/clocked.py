"""Fires once, at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tasks_app.scheduling.moments import (
    from_microseconds,
    microseconds,
    read_moment,
    write_moment,
)


@dataclass(frozen=True)
class Clocked:
    """Fires at one moment, in microseconds."""

    at: int

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the stored form."""
        return cls(microseconds(read_moment("at", document["at"])))

    def document(self) -> dict[str, Any]:
        """The stored form."""
        return {"kind": "clocked", "at": write_moment(from_microseconds(self.at))}

    def after(self, moment: int) -> int | None:
        """The fire, if it is later than `moment`; both in microseconds."""
        return self.at if self.at > moment else None

    def count(self, after: int, until: int) -> int:
        """1 if the fire lies in the time (after, until], else 0."""
        return int(after < self.at <= until)
