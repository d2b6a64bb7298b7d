"""Moments of a plan, as the schedule's zone reads them."""

from datetime import datetime
from zoneinfo import ZoneInfo


def local(moment: str, zone: str) -> datetime:
    """The wall clock in `zone` at an ISO-8601 moment."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))


def clock(moment: datetime) -> str:
    """`15:00`, with seconds where there are any."""
    return moment.time().isoformat("auto" if moment.second or moment.microsecond else "minutes")


def is_midnight(moment: datetime) -> bool:
    return clock(moment) == "00:00"
