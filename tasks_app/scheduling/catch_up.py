"""Which of the moments that have passed are run, and which are skipped because nobody was there."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tasks_app.scheduling.plan import Plan
from tasks_app.states import CatchUp, Reason

# A tick that comes so late is still on time: a busy database is no downtime.
ON_TIME = timedelta(seconds=10)
DEFAULT_WINDOW = timedelta(hours=1)
# Missed ticks that `all` runs, and that have a row each; what is older shares one row.
MOST = 100
_INSTANT = timedelta(microseconds=1)


class Moment(NamedTuple):
    """A planned moment; with a reason it is skipped, and may stand for a gap that began earlier."""

    at: datetime
    reason: Reason | str = ""
    missed_from: datetime | None = None
    missed_count: int = 0


def passed_moments(
    plan: Plan,
    first: datetime,
    until: datetime,
    now: datetime,
    policy: CatchUp | str = CatchUp.LATEST,
    window: timedelta = DEFAULT_WINDOW,
) -> list[Moment]:
    """What becomes of the plan's moments from `first` to `until`, the oldest first.

    While the first is at most 10 s late nothing was missed, and all run. After a longer gap the
    last one runs if that is on time; of the others `policy` runs the latest, all or none of those
    inside `window`. The rest is `missed`, and what `all` runs no more is `over_limit`.
    Each skipped moment has its row, except a gap before the window or beyond the last hundred.
    """
    if now - first <= ON_TIME:
        return [Moment(at) for at in plan.between(first - _INSTANT, until, MOST)]
    last = _latest(plan, first - _INSTANT, until, 1)
    on_time = [at for at in last if now - at <= ON_TIME]
    end_of_late = on_time[0] - _INSTANT if on_time else until
    late = _latest(plan, max(first - _INSTANT, now - window), end_of_late, MOST)
    gap_end = late[0] - _INSTANT if late else end_of_late
    missed = _gap(plan, first, gap_end, now - window, policy) + _decide(late, policy, bool(on_time))
    return missed + [Moment(at) for at in on_time]


def _decide(late: list[datetime], policy: CatchUp | str, is_served: bool) -> list[Moment]:
    if policy == CatchUp.ALL:
        return [Moment(at) for at in late]
    runs = late[-1:] if policy == CatchUp.LATEST and not is_served else []
    return [Moment(at, "" if at in runs else Reason.MISSED) for at in late]


def _gap(
    plan: Plan, first: datetime, end: datetime, opening: datetime, policy: CatchUp | str
) -> list[Moment]:
    """One moment for all from `first` to `end`: `over_limit` if `all` would have run the last."""
    count = plan.count_between(first - _INSTANT, end) if end >= first else 0
    if not count:
        return []
    [last] = _latest(plan, first - _INSTANT, end, 1)
    reason = Reason.OVER_LIMIT if policy == CatchUp.ALL and last > opening else Reason.MISSED
    if count == 1:
        return [Moment(last, reason)]
    return [Moment(last, reason, first, count)]


def _latest(plan: Plan, after: datetime, until: datetime, most: int) -> list[datetime]:
    """The last moments of the plan in (after, until], at most so many, the oldest first."""
    if until <= after:
        return []
    span = timedelta(minutes=1)
    while True:
        start = max(after, until - span)
        if start == after or plan.count_between(start, until) >= most:
            return plan.between(start, until, plan.count_between(start, until))[-most:]
        span *= 4
