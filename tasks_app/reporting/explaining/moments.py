"""Moments and spans as people read them: the UTC clock, and how far from now."""

from datetime import UTC, datetime, timedelta

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def clock(moment: datetime) -> str:
    """`2026-03-01 09:30:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def span(length: timedelta) -> str:
    """The two largest units of a length, such as `3 s`, `1 h 5 min` or `2 d 4 h`."""
    left = max(int(length.total_seconds()), 0)
    parts: list[tuple[int, str]] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count) or "0 s"


def at(moment: datetime, now: datetime) -> str:
    """The clock, and how long ago or how soon."""
    if moment > now:
        return f"{clock(moment)} (in {span(moment - now)})"
    return f"{clock(moment)} ({span(now - moment)} ago)"
