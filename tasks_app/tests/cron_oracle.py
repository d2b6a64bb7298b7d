"""A second cron, minute by minute, to compare ours with; it shares no code with it.

It does what the main loop of Vixie cron (as Debian keeps it) does: the program looks at the clock
once a minute and remembers the last local minute that it has dealt with. When the clock jumps
ahead, jobs at fixed times are started for each minute jumped over, now; when it goes back, they
wait until the clock has caught up. Jobs with a `*` in minute or hour only see the clock.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
LIMITS: tuple[tuple[int, int, list[str]], ...] = (
    (0, 59, []),
    (0, 23, []),
    (1, 31, []),
    (1, 12, MONTHS),
    (0, 6, WEEKDAYS),
)
# No clock change of the compared zones and years reaches further.
WARM_UP = timedelta(hours=4)


def fires(
    fields: Sequence[str], zone: str, either_day: bool, after: datetime, until: datetime
) -> list[datetime]:
    """The fires in (after, until], in UTC; both moments are whole minutes."""
    job = _Job(fields, either_day)
    clocks = ZoneInfo(zone)
    now = after - WARM_UP
    last = _minute_shown(clocks, now)
    found = []
    while now < until:
        now += MINUTE
        shown = _minute_shown(clocks, now)
        wanted = [shown] if job.follows_clock else list(_minutes(last, shown))
        last = max(last, shown)
        if now > after and any(job.fits(minute) for minute in wanted):
            found.append(now)
    return found


def _minute_shown(clocks: ZoneInfo, now: datetime) -> datetime:
    return now.astimezone(clocks).replace(tzinfo=None)


def _minutes(last: datetime, shown: datetime) -> Iterator[datetime]:
    while last < shown:
        last += MINUTE
        yield last


class _Job:
    def __init__(self, fields: Sequence[str], either_day: bool) -> None:
        wanted = [_numbers(text, *limits) for text, limits in zip(fields, LIMITS, strict=True)]
        self.minutes, self.hours, self.days, self.months, self.weekdays = wanted
        self.follows_clock = "*" in (fields[0][0], fields[1][0])
        self.one_day_is_enough = either_day and "*" not in (fields[2][0], fields[4][0])

    def fits(self, shown: datetime) -> bool:
        if shown.minute not in self.minutes or shown.hour not in self.hours:
            return False
        if shown.month not in self.months:
            return False
        day = shown.day in self.days
        weekday = (shown.weekday() + 1) % 7 in self.weekdays
        return (day or weekday) if self.one_day_is_enough else (day and weekday)


def _numbers(text: str, low: int, high: int, names: list[str]) -> set[int]:
    found = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        begin, dash, end = span.partition("-")
        if span == "*":
            first, last = low, high
        else:
            first = _number(begin, names)
            last = _number(end, names) if dash else first
        if first > last:  # over the end of the week, day or year: 22-2, fri-mon
            last += high - low + 1
        found |= {
            (number - low) % (high - low + 1) + low
            for number in range(first, last + 1, int(step or 1))
        }
    return found


def _number(text: str, names: list[str]) -> int:
    return names.index(text[:3]) if text[:3] in names else int(text)
