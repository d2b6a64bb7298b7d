"""Durations, computed from moments: they are stored nowhere."""

from datetime import datetime


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """None where a moment is missing, or the end is that of an earlier attempt."""
    if start is None or end is None or end < start:
        return None
    return (end - start).total_seconds()
