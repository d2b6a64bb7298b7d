"""Random crontabs fire exactly when a second, independent cron starts them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.plan import Plan
from tasks_app.tests import cron_oracle

SETTINGS = settings(max_examples=120, deadline=None)
CHANGES = {
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Europe/London": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "Australia/Lord_Howe": ["2026-10-03T15:30", "2026-04-04T15:00"],
    "Asia/Shanghai": ["1991-04-13T18:00", "1991-09-14T17:00"],
    "Asia/Kolkata": ["2026-06-01T00:00"],
    "America/Sao_Paulo": ["2017-10-15T03:00", "2018-02-18T02:00"],
    "Asia/Kathmandu": ["1985-12-31T18:30"],
}
ENDS = ["2024-02-29T00:00", "2023-02-28T12:00", "2100-02-28T12:00", "2025-12-31T18:00"]


def numbers(low, high, names=()):
    one = st.integers(low, high).map(str) | st.sampled_from(names or [str(low)])
    spans = st.tuples(one, one).map("-".join)
    steps = st.tuples(spans | st.just("*"), st.integers(1, 20).map(str)).map("/".join)
    return st.lists(one | spans | steps | st.just("*"), min_size=1, max_size=3).map(",".join)


FIELDS = st.tuples(
    st.just("*") | numbers(0, 59),
    st.just("*") | numbers(0, 5) | numbers(0, 23),
    st.just("*") | st.just("*") | numbers(1, 31),
    st.just("*") | st.just("*") | numbers(1, 12, cron_oracle.MONTHS[1:]),
    st.just("*") | st.just("*") | numbers(0, 6, cron_oracle.WEEKDAYS),
)


def plan_of(fields, zone, either_day):
    try:
        return Plan.crontab(fields, zone, either_day)
    except ImpossibleSchedule:
        assume(False)


def agree(zone, moment, fields, either_day, before, length):
    after = datetime.fromisoformat(moment).replace(tzinfo=UTC) - timedelta(minutes=before)
    until = after + timedelta(minutes=length)
    plan = plan_of(fields, zone, either_day)
    expected = cron_oracle.fires(fields, zone, either_day, after, until)

    assert plan.between(after, until, len(expected) + 1) == expected
    assert plan.count_between(after, until) == len(expected)


@pytest.mark.parametrize("zone", CHANGES)
@SETTINGS
@given(
    data=st.data(),
    fields=FIELDS,
    either_day=st.booleans(),
    before=st.integers(0, 600),
    length=st.integers(1, 900),
)
def test_around_clock_changes(zone, data, fields, either_day, before, length):
    agree(zone, data.draw(st.sampled_from(CHANGES[zone])), fields, either_day, before, length)


@SETTINGS
@given(
    zone=st.sampled_from(list(CHANGES)),
    moment=st.sampled_from(ENDS),
    fields=FIELDS,
    either_day=st.booleans(),
    length=st.integers(1, 2_000),
)
def test_around_leap_days_and_the_ends_of_years(zone, moment, fields, either_day, length):
    agree(zone, moment, fields, either_day, before=500, length=length)


@SETTINGS
@given(
    zone=st.sampled_from(list(CHANGES)),
    fields=FIELDS,
    either_day=st.booleans(),
    moment=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_what_comes_next_is_the_first_of_what_lies_between(zone, fields, either_day, moment):
    plan = plan_of(fields, zone, either_day)
    following = plan.after(moment)
    just_before = following - timedelta(microseconds=1)

    assert following > moment
    assert plan.count_between(moment, just_before) == 0
    assert plan.count_between(just_before, following) == 1
    assert plan.after(just_before) == following
