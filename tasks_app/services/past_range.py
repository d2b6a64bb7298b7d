"""A range of time that is over, and the ticks that a schedule has in it."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from tasks_app.exceptions import Invalid, NotScheduled
from tasks_app.models import Task
from tasks_app.scheduling.moments import write_moment
from tasks_app.scheduling.plan import Plan
from tasks_app.services.checking import check_moment
from tasks_app.services.ticks import INSTANT, plan_of, timer_of

LONGEST = timedelta(days=3653)  # ten years, with three leap days


class PastRange:
    """From `start` up to, not at, `end`; raises Invalid and NotScheduled."""

    def __init__(self, task: Task, start: datetime, end: datetime) -> None:
        self.start, self.end = check_moment("start", start), check_moment("end", end)
        timer, now = timer_of(task)
        if self.start >= self.end:
            raise Invalid({"end": ["The end must be later than the start."]})
        if self.end > now:
            raise Invalid({"end": ["Only what has passed is backfilled: choose an earlier end."]})
        # The sun is computed day by day.
        if self.end - self.start > LONGEST:
            raise Invalid({"start": ["A backfill covers ten years at most: begin later."]})
        plan = plan_of(timer, now)
        if plan is None:
            raise NotScheduled(task.name)
        self.plan: Plan = plan

    @cached_property
    def count(self) -> int:
        """How many ticks it has, which may be millions."""
        return self.plan.count_between(self.start - INSTANT, self.end - INSTANT)

    def ticks(self, most: int) -> list[datetime]:
        """The earliest `most` of them."""
        return self.plan.between(self.start - INSTANT, self.end - INSTANT, most)

    @property
    def first(self) -> datetime | None:
        """The earliest tick."""
        return self.plan.after(self.start - INSTANT) if self.count else None

    @property
    def last(self) -> datetime | None:
        """The latest tick, found by halving the range: it may hold millions."""
        low, high = self.start - INSTANT, self.end - INSTANT
        if not self.count:
            return None
        while self.plan.count_between(low, high) > 1:
            middle = low + (high - low) / 2
            if self.plan.count_between(middle, high):
                low = middle
            else:
                high = middle
        return self.plan.after(low)

    def told(self) -> dict[str, Any]:
        """The range as plain JSON."""
        return {"start": write_moment(self.start), "end": write_moment(self.end)}
