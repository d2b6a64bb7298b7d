"""When a schedule fires: one plan for every kind of schedule, with its bounds."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol, Self

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.clocked import Clocked
from tasks_app.scheduling.crontab import Crontab
from tasks_app.scheduling.interval import Interval
from tasks_app.scheduling.moments import (
    from_microseconds,
    microseconds,
    read_moment,
    write_moment,
)
from tasks_app.scheduling.solar import Solar
from tasks_app.scheduling.wall_clock import WallClock
from tasks_app.scheduling.zones import Zone

# Outside these years nothing fires, so no arithmetic leaves the calendar.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9001, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 10_000


class Kind(Protocol):
    """What each kind of schedule answers; moments are microseconds since 1970-01-01 UTC."""

    def after(self, moment: int) -> int | None:
        """The first fire later than `moment`; None: never again."""

    def count(self, after: int, until: int) -> int:
        """How many fires lie in the time (after, until]."""

    def document(self) -> dict[str, Any]:
        """The stored form."""


KINDS: dict[str, type[WallClock | Interval | Clocked | Solar]] = {
    "crontab": WallClock,
    "interval": Interval,
    "clocked": Clocked,
    "solar": Solar,
}


@dataclass(frozen=True)
class Plan:
    """When a schedule fires: never before `start`, and never at `end` or later.

    All moments are aware; those that come out are in UTC.
    """

    kind: Kind
    start: datetime | None = None
    end: datetime | None = None
    _before: int = field(init=False, repr=False, compare=False)
    _last: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        start = max(EARLIEST, read_moment("start", self.start)) if self.start else EARLIEST
        end = min(LATEST, read_moment("end", self.end)) if self.end else LATEST
        object.__setattr__(self, "_before", microseconds(start) - 1)
        object.__setattr__(self, "_last", microseconds(end) - 1)

    @classmethod
    def read(cls, text: str) -> "Plan":
        """The plan of a stored text; ImpossibleSchedule for what cannot be computed."""
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise ImpossibleSchedule(
                f"A stored schedule is a text of at most {LONGEST_TEXT} characters: save it again."
            )
        return _read(text)

    @classmethod
    def crontab(
        cls,
        fields: Sequence[str],
        zone: str,
        either_day: bool = False,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Self:
        """Fires at the local times of a crontab in a zone; the five fields in cron's order."""
        return cls(WallClock(Crontab.read(fields, either_day), Zone(zone)), start, end)

    @classmethod
    def interval(
        cls,
        every: timedelta,
        anchor: datetime,
        first: int = 1,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Self:
        """Fires at anchor + k * every for each k from `first`."""
        whole = every // timedelta(microseconds=1)
        return cls(Interval(whole, microseconds(read_moment("anchor", anchor)), first), start, end)

    @classmethod
    def clocked(
        cls, at: datetime, start: datetime | None = None, end: datetime | None = None
    ) -> Self:
        """Fires once."""
        return cls(Clocked(microseconds(read_moment("at", at))), start, end)

    @classmethod
    def solar(
        cls,
        event: str,
        latitude: float | Decimal,
        longitude: float | Decimal,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Self:
        """Fires at an event of the sun, seen from degrees north and east."""
        return cls(Solar.seen_from(event, latitude, longitude), start, end)

    @property
    def text(self) -> str:
        """The canonical JSON; bounds that are not set are left out."""
        bounds = {"start": self.start, "end": self.end}
        document = self.kind.document()
        document |= {name: write_moment(moment) for name, moment in bounds.items() if moment}
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    def after(self, moment: datetime) -> datetime | None:
        """The first fire later than `moment`; None: never again."""
        found = self._after(microseconds(moment))
        return None if found is None else from_microseconds(found)

    def between(self, after: datetime, until: datetime, most: int) -> list[datetime]:
        """The earliest `most` fires of the time (after, until], in order."""
        fires = self._fires(microseconds(after), microseconds(until))
        return [from_microseconds(found) for found in islice(fires, max(0, most))]

    def count_between(self, after: datetime, until: datetime) -> int:
        """How many fires lie in the time (after, until]."""
        first = max(microseconds(after), self._before)
        last = min(microseconds(until), self._last)
        return self.kind.count(first, last) if first < last else 0

    def _fires(self, after: int, until: int) -> Iterator[int]:
        found = self._after(after)
        while found is not None and found <= until:
            yield found
            found = self._after(found)

    def _after(self, moment: int) -> int | None:
        if moment < self._before:
            moment = self._before
        elif moment >= self._last:
            return None
        found = self.kind.after(moment)
        return None if found is None or found > self._last else found


@lru_cache(maxsize=4096)
def _read(text: str) -> Plan:
    try:
        document = json.loads(text)
        kind = KINDS[document["kind"]].read(document)
        bounds = {
            name: read_moment(name, document[name])
            for name in ("start", "end")
            if document.get(name)
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ImpossibleSchedule(
            f"The stored schedule cannot be read ({type(error).__name__}): save it again."
        ) from None
    return Plan(kind, **bounds)
