"""Intervals count from their anchor and never drift; a clocked schedule fires once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.plan import Plan

ANCHOR = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SHORTEST = timedelta(milliseconds=100)
LONGEST = timedelta(days=36_525)


def test_an_interval_fires_first_one_step_after_its_anchor():
    plan = Plan.interval(MINUTE, ANCHOR)

    assert plan.after(ANCHOR - timedelta(days=9)) == ANCHOR + MINUTE


def test_an_interval_whose_anchor_is_a_start_fires_at_it():
    plan = Plan.interval(MINUTE, ANCHOR, first=0)

    assert plan.after(ANCHOR - timedelta(days=9)) == ANCHOR


def test_the_next_fire_is_later_than_the_moment():
    plan = Plan.interval(MINUTE, ANCHOR)

    assert plan.after(ANCHOR + 5 * MINUTE) == ANCHOR + 6 * MINUTE
    assert plan.after(ANCHOR + 5 * MINUTE - timedelta(microseconds=1)) == ANCHOR + 5 * MINUTE


def test_an_interval_does_not_drift():
    every = timedelta(microseconds=333_333)
    plan = Plan.interval(every, ANCHOR)
    later = ANCHOR + 1_000_000_000 * every

    assert plan.after(later) == later + every


def test_an_interval_does_not_heed_clock_changes():
    before_the_change = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    plan = Plan.interval(timedelta(hours=1), before_the_change)

    assert plan.after(before_the_change) == before_the_change + timedelta(hours=1)


@given(
    every=st.timedeltas(SHORTEST, timedelta(days=40)),
    first=st.integers(0, 3),
    before=st.timedeltas(timedelta(-99), timedelta(99)),
    length=st.timedeltas(timedelta(0), timedelta(99)),
)
def test_an_interval_fires_at_whole_steps_from_its_anchor(every, first, before, length):
    plan = Plan.interval(every, ANCHOR, first)
    after = ANCHOR + before
    until = after + min(length, 50 * every)
    # Fewer than 60 steps fit, so these hold them all.
    step = max(first, (after - ANCHOR) // every - 2)
    steps = [ANCHOR + number * every for number in range(step, step + 60)]
    expected = [fire for fire in steps if after < fire <= until]

    assert plan.between(after, until, 100) == expected
    assert plan.count_between(after, until) == len(expected)


@pytest.mark.parametrize("every", [SHORTEST, LONGEST])
def test_an_interval_lasts_from_100_milliseconds_to_100_years(every):
    assert Plan.interval(every, ANCHOR).after(ANCHOR) == ANCHOR + every


@pytest.mark.parametrize(
    "every",
    [
        SHORTEST - timedelta(microseconds=1),
        LONGEST + timedelta(microseconds=1),
        timedelta(0),
        -MINUTE,
        timedelta.max,
    ],
)
def test_a_shorter_or_longer_interval_is_refused(every):
    with pytest.raises(ImpossibleSchedule, match="from 100 milliseconds to 100 years: choose"):
        Plan.interval(every, ANCHOR)


def test_an_interval_cannot_begin_before_its_anchor():
    with pytest.raises(ImpossibleSchedule, match="a number of 0 or more"):
        Plan.interval(MINUTE, ANCHOR, first=-1)


def test_a_clocked_schedule_fires_once():
    plan = Plan.clocked(ANCHOR)

    assert plan.after(ANCHOR - MINUTE) == ANCHOR
    assert plan.after(ANCHOR) is None
    assert plan.count_between(ANCHOR - MINUTE, ANCHOR) == 1
    assert plan.count_between(ANCHOR, ANCHOR + MINUTE) == 0
