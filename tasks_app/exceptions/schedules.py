"""Refusals of schedules and their ticks."""

from datetime import datetime

from tasks_app.exceptions.refused import Refused


class ImpossibleSchedule(Refused):
    """A schedule that cannot be computed or would never fire; the sentence says what to do."""

    code = "impossible_schedule"


class NotScheduled(Refused):
    """A task without a schedule was asked for its ticks."""

    code = "not_scheduled"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no schedule. Give it a crontab, an interval or a time first.")


class NoSuchTick(Refused):
    """The schedule does not fire at that moment, or has fired already."""

    code = "no_such_tick"

    def __init__(self, name: str, at: datetime, nearest: list[datetime]) -> None:
        moments = " and ".join(f"{moment:%Y-%m-%d %H:%M:%S} UTC" for moment in nearest)
        coming = f"The nearest coming ticks are {moments}." if moments else "No tick is coming."
        super().__init__(f"{name} has no coming tick at {at:%Y-%m-%d %H:%M:%S} UTC. {coming}")


class TooManyTicks(Refused):
    """A backfill would start more runs than one request may."""

    code = "too_many_ticks"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"Not started: the range holds {count} ticks, and a backfill has {most} at most. "
            "Choose a shorter range."
        )
