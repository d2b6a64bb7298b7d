"""The stretches of constant offset of a time zone, where gaps and repeated hours begin and end.

Every number is whole seconds, since 1970-01-01 in UTC or, where the name says so, in local time.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.moments import DAY

PROBE = 3 * DAY  # no zone has changed its offset twice in so short a time since 1900
PAGE = 400 * DAY  # found and kept at once
LONGEST_SHIFT = 2 * DAY  # no clock change reaches further back


class Span(NamedTuple):
    """A stretch during which the offset does not change."""

    end: int  # the first second that is not in it
    offset: int
    local_new: int  # local times below this one were shown before the span began


@dataclass(frozen=True)
class Zone:
    """A time zone by its name of the tz database, such as Europe/London.

    ImpossibleSchedule for a name that is not known.
    """

    name: str
    _info: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_info", _find(self.name))

    def at(self, second: int) -> Span:
        """The span that holds `second`; it may be cut where a page ends."""
        starts, spans = _page(self._info, second // PAGE)
        return spans[bisect_right(starts, second) - 1]

    def walk(self, after: int, until: int) -> Iterator[tuple[int, int, int]]:
        """The (first second, last second, offset) of each span in the time (after, until]."""
        first = after + 1
        while first <= until:
            span = self.at(first)
            yield first, min(span.end - 1, until), span.offset
            first = span.end

    def shown_by(self, second: int) -> int:
        """The latest local time that the zone's clocks have shown, or passed over, by then."""
        span = self.at(second)
        return max(second + span.offset, span.local_new - 1)

    def first_instant(self, local: int) -> int:
        """When clocks show `local` for the first time; the end of the gap if they never do."""
        span = self.at(local - LONGEST_SHIFT)
        while local >= span.end + span.offset:
            following = self.at(span.end)
            if local < span.end + following.offset:
                return span.end
            span = following
        return local - span.offset


@lru_cache(maxsize=1024)
def _find(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise ImpossibleSchedule(
            f"There is no time zone {str(name)[:80]!r}: use a name such as Europe/London or UTC."
        ) from None


@lru_cache(maxsize=8192)
def _page(zone: ZoneInfo, number: int) -> tuple[list[int], list[Span]]:
    """Where the spans of one page begin, and the spans; the first begins before the page."""
    first, end = number * PAGE - LONGEST_SHIFT, (number + 1) * PAGE
    starts = [first, *_changes(zone, first, end)]
    offsets = [_offset(zone, start) for start in starts]
    spans = []
    local_new = first + offsets[0]
    for span_end, offset in zip([*starts[1:], end], offsets, strict=True):
        spans.append(Span(span_end, offset, local_new))
        local_new = span_end + offset
    return starts, spans


def _changes(zone: ZoneInfo, first: int, end: int) -> Iterator[int]:
    """The seconds at which another offset begins."""
    for low in range(first, end, PROBE):
        high = min(low + PROBE, end - 1)
        if _offset(zone, low) != _offset(zone, high):
            yield _change_between(zone, low, high)


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds
