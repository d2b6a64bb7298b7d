"""When within its days a crontab fires: the few shapes that people have words for."""

from dataclasses import dataclass
from itertools import product

from tasks_app.scheduling.describing.fields import Fields, Numbers

HOUR = 60  # in minutes
DAY = 24  # in hours
MOST_TIMES = 6  # a longer list of times is harder to read than its minutes and hours


@dataclass(frozen=True)
class Times:
    """A few times of the day."""

    times: tuple[str, ...]


@dataclass(frozen=True)
class EveryMinutes:
    """Evenly through each of the hours, from minute 0; None: through every hour."""

    step: int
    hours: Numbers | None

    @property
    def reach(self) -> tuple[str, str] | None:
        """The first and the last time of the day, if no hour between them is left out."""
        if not self.hours or self.hours[-1] - self.hours[0] >= len(self.hours):
            return None
        return f"{self.hours[0]:02}:00", f"{self.hours[-1]:02}:{HOUR - self.step:02}"


@dataclass(frozen=True)
class EveryHours:
    """Evenly through the day, from midnight."""

    step: int
    minutes: Numbers


@dataclass(frozen=True)
class Minutes:
    """These minutes of each of the hours; None: of every hour."""

    minutes: Numbers
    hours: Numbers | None


Timing = Times | EveryMinutes | EveryHours | Minutes


def recognise_timing(fields: Fields) -> Timing:
    """The shape that says most with fewest words, and nothing that is not so."""
    minutes, hours = fields.minutes or tuple(range(HOUR)), fields.hours or tuple(range(DAY))
    every_minutes, every_hours = _even_step(minutes, HOUR), _even_step(hours, DAY)
    if len(minutes) * len(hours) <= MOST_TIMES and not (fields.follows_clock and every_hours):
        return Times(tuple(f"{hour:02}:{minute:02}" for hour, minute in product(hours, minutes)))
    # "Every" would promise runs in an hour that is repeated when clocks change.
    if not fields.follows_clock:
        return Minutes(minutes, hours)
    if every_minutes:
        return EveryMinutes(every_minutes, fields.hours)
    if every_hours and fields.hours:
        return EveryHours(every_hours, minutes)
    return Minutes(minutes, fields.hours)


def _even_step(numbers: Numbers, count: int) -> int | None:
    """The step that goes on evenly into the next hour or day, if there is one."""
    step = count // len(numbers)
    even = step < count and numbers == tuple(range(0, count, step))
    return step if even else None
