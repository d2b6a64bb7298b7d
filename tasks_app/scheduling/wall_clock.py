"""A crontab on the clocks of a time zone: gaps and repeated hours as Vixie cron has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from tasks_app.scheduling.crontab import Crontab
from tasks_app.scheduling.moments import SECOND
from tasks_app.scheduling.zones import Zone


@dataclass(frozen=True)
class WallClock:
    """Fires at the local times of a crontab.

    A crontab that follows the clock (its minute or hour begins with `*`) fires whenever clocks
    show a named time: not in a gap, and again in a repeated hour. Every other one fires once for
    each named time: at its first showing, or at the end of the gap that swallows it.
    """

    crontab: Crontab
    zone: Zone

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the stored form."""
        crontab = Crontab.read(document["fields"], document.get("either_day", False))
        return cls(crontab, Zone(document["zone"]))

    def document(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "kind": "crontab",
            "fields": list(self.crontab.fields),
            "zone": self.zone.name,
            "either_day": self.crontab.either_day,
        }

    def after(self, moment: int) -> int | None:
        """The first fire later than `moment`, both in microseconds; None: never again."""
        second = moment // SECOND
        follows = self.crontab.follows_clock
        found = self._shown_after(second) if follows else self._named_after(second)
        return None if found is None else found * SECOND

    def count(self, after: int, until: int) -> int:
        """How many fires lie in the time (after, until], both in microseconds."""
        first, last = after // SECOND, until // SECOND
        follows = self.crontab.follows_clock
        return self._count_shown(first, last) if follows else self._count_named(first, last)

    def _named_after(self, second: int) -> int | None:
        span = self.zone.at(second)
        local = second + span.offset
        if local < span.local_new:
            local = span.local_new - 1
        named = self.crontab.after(local)
        if named is None:
            return None
        found = named - span.offset
        return found if found < span.end else self.zone.first_instant(named)

    def _shown_after(self, second: int) -> int | None:
        span = self.zone.at(second)
        searched = second + span.offset
        local = self.crontab.after(searched)
        while local is not None and local - span.offset >= span.end:
            begin = span.end
            span = self.zone.at(begin)
            shown = begin + span.offset
            # Nothing is named from `searched` to `local`: what is shown there needs no look.
            if not searched < shown <= local:
                searched = shown - 1
                local = self.crontab.after(searched)
        return None if local is None else local - span.offset

    def _count_named(self, after: int, until: int) -> int:
        shown_by = self.zone.shown_by
        named = self.crontab.count(shown_by(after), shown_by(until))
        return named - sum(
            max(0, self.crontab.count(before, first) - 1)
            for before, first in self._gaps(after, until)
        )

    def _gaps(self, after: int, until: int) -> list[tuple[int, int]]:
        """The last local time before each gap that ends in the time, and the first one after it."""
        spans = list(self.zone.walk(after - 1, until))
        return [
            (last + offset, begin + next_offset)
            for (_, last, offset), (begin, _, next_offset) in pairwise(spans)
            if next_offset > offset
        ]

    def _count_shown(self, after: int, until: int) -> int:
        return sum(
            self.crontab.count(first - 1 + offset, last + offset)
            for first, last, offset in self.zone.walk(after, until)
        )
