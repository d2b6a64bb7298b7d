"""Which ticks a schedule must have had: plain loops that share no code with what is tested."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tasks_app.tests import cron_oracle

MINUTE = timedelta(minutes=1)
# Tells a schedule's ticks up to a moment, in UTC.
Expected = Callable[[datetime], list[datetime]]


def of_crontab(text: str, zone: str, start: datetime) -> Expected:
    """Every minute from `start` on that fits the five fields in that zone."""

    def ticks(until: datetime) -> list[datetime]:
        before = start.replace(second=0, microsecond=0) - MINUTE
        fits = cron_oracle.fires(text.split(), zone, False, before, until)
        return [moment for moment in fits if start <= moment <= until]

    return ticks


def of_interval(seconds: float, start: datetime) -> Expected:
    """`start` and then every so many seconds."""

    def ticks(until: datetime) -> list[datetime]:
        found = []
        moment = start
        while moment <= until:
            found.append(moment)
            moment += timedelta(seconds=seconds)
        return found

    return ticks
