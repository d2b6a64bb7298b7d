"""Moments and spans in sentences."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tasks_app.reporting.explaining.moments import at, clock, span

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "seconds, told",
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (86400 + 59, "1 d"),
        (2 * 86400 + 4 * 3600, "2 d 4 h"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(seconds, told):
    assert span(timedelta(seconds=seconds)) == told


def test_a_moment_is_told_in_utc_whatever_its_zone():
    assert clock(NOON.astimezone(timezone(timedelta(hours=8)))) == "2026-03-01 12:00:00 UTC"


def test_what_has_passed_and_what_comes_are_told_apart():
    assert at(NOON, NOON + timedelta(minutes=3)) == "2026-03-01 12:00:00 UTC (3 min ago)"
    assert at(NOON, NOON - timedelta(minutes=3)) == "2026-03-01 12:00:00 UTC (in 3 min)"
