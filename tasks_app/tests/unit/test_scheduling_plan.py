"""A plan has bounds and a text that it can be read from; whatever is asked, it answers."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tasks_app.exceptions import ImpossibleSchedule, Refused
from tasks_app.scheduling.plan import Plan

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
EVERY_MINUTE = ["*"] * 5
PLANS = {
    "crontab": Plan.crontab(["0", "*", "*", "*", "*"], "Europe/London"),
    "fixed": Plan.crontab(["0", "9", "*", "*", "*"], "America/New_York"),
    "interval": Plan.interval(HOUR, NOON),
    "clocked": Plan.clocked(NOON),
    "solar": Plan.solar("sunset", 51.5, 0.1),
}
TEXTS = {
    "crontab": '{"either_day":false,"fields":["0","*","*","*","*"],"kind":"crontab",'
    '"zone":"Europe/London"}',
    "interval": '{"anchor":"2026-01-01T12:00:00Z","every_us":3600000000,"first":1,'
    '"kind":"interval"}',
    "clocked": '{"at":"2026-01-01T12:00:00Z","kind":"clocked"}',
    "solar": '{"event":"sunset","kind":"solar","latitude":51.5,"longitude":0.1}',
}


def hourly(start=None, end=None):
    return Plan.crontab(["0", "*", "*", "*", "*"], "UTC", start=start, end=end)


def test_a_fire_at_the_start_counts():
    plan = hourly(start=NOON)

    assert plan.after(NOON - timedelta(days=3)) == NOON
    assert plan.count_between(NOON - timedelta(days=3), NOON) == 1


def test_a_start_within_a_second_counts_from_the_next_fire():
    assert hourly(start=NOON + timedelta(microseconds=1)).after(FIRST) == NOON + HOUR


def test_nothing_fires_at_the_end_or_later():
    plan = hourly(end=NOON)

    assert plan.after(NOON - HOUR) is None
    assert plan.after(NOON) is None
    assert plan.between(NOON - 3 * HOUR, NOON + 9 * HOUR, 99) == [NOON - 2 * HOUR, NOON - HOUR]
    assert plan.count_between(NOON - 3 * HOUR, NOON + 9 * HOUR) == 2


def test_bounds_that_leave_nothing_never_fire():
    plan = hourly(start=NOON, end=NOON)

    assert plan.after(FIRST) is None
    assert plan.count_between(FIRST, LAST) == 0


@pytest.mark.parametrize("bound", ["start", "end"])
def test_a_bound_must_say_its_zone(bound):
    with pytest.raises(ImpossibleSchedule, match=f"{bound} is not a moment with its time zone"):
        hourly(**{bound: datetime(2026, 1, 1)})


def test_the_earliest_fires_are_listed_first():
    assert PLANS["crontab"].between(NOON, LAST, 2) == [NOON + HOUR, NOON + 2 * HOUR]


@pytest.mark.parametrize("most", [0, -1])
def test_no_fires_are_listed_where_none_are_wanted(most):
    assert PLANS["crontab"].between(NOON, NOON + HOUR, most) == []


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_past_of_a_moment_holds_no_fires(plan):
    assert plan.between(NOON, NOON - 9 * HOUR, 9) == []
    assert plan.count_between(NOON, NOON - timedelta(days=9)) == 0


def test_seconds_of_a_moment_do_not_hide_a_fire():
    just_before = NOON - timedelta(microseconds=1)

    assert PLANS["crontab"].after(just_before) == NOON
    assert PLANS["crontab"].count_between(just_before, NOON) == 1


def test_moments_of_other_zones_are_understood_and_answered_in_utc():
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert PLANS["crontab"].after(there).isoformat() == "2026-01-01T13:00:00+00:00"


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("moment", [LAST, datetime(9001, 1, 1, tzinfo=UTC)])
def test_after_the_year_9000_nothing_fires(plan, moment):
    assert plan.after(moment) is None
    assert plan.between(moment, LAST, 9) == []


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_before_1900_nothing_fires(plan):
    assert plan.after(FIRST) >= datetime(1900, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["crontab", "fixed", "interval", "solar"])
def test_the_last_fires_are_those_of_the_year_9000(name):
    assert len(PLANS[name].between(datetime(9000, 12, 31, tzinfo=UTC), LAST, 99)) in {1, 23, 24}


def test_a_year_of_minutes_is_counted_at_once():
    plan = Plan.crontab(EVERY_MINUTE, "America/New_York")
    # What it computes; a machine that stands still meanwhile is no defect of it.
    begin = time.thread_time()

    count = plan.count_between(NOON, NOON + timedelta(days=365))

    assert count == 525_600
    assert time.thread_time() - begin < 0.25


@pytest.mark.parametrize("name, text", TEXTS.items())
def test_the_text_of_a_plan_is_canonical(name, text):
    assert PLANS[name].text == text


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_plan_is_read_from_its_text(plan):
    assert Plan.read(plan.text) == plan


def test_plans_of_two_zones_differ():
    assert Plan.crontab(EVERY_MINUTE, "UTC") != Plan.crontab(EVERY_MINUTE, "Asia/Tokyo")


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_bounds_are_kept_in_the_text(plan):
    start, end = NOON + timedelta(microseconds=5), NOON + timedelta(days=400)
    bounded = Plan(plan.kind, start, end)

    assert Plan.read(bounded.text) == bounded


def test_the_day_rule_is_kept_in_the_text():
    plan = Plan.crontab(["0", "9", "13", "*", "5"], "UTC", either_day=True)

    assert Plan.read(plan.text).count_between(NOON, NOON + timedelta(days=365)) == 62


def test_bounds_may_be_null_in_a_text():
    document = {**json.loads(TEXTS["clocked"]), "start": None, "end": None}

    assert Plan.read(json.dumps(document)).text == TEXTS["clocked"]


def test_the_same_text_is_read_once():
    assert Plan.read(TEXTS["crontab"]) is Plan.read(TEXTS["crontab"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"kind":"moon"}',
        '{"kind":["crontab"]}',
        '{"kind":"crontab"}',
        '{"kind":"crontab","fields":"* * * * *","zone":"UTC"}',
        '{"kind":"crontab","fields":["*","*","*","*","*"],"zone":null}',
        '{"kind":"crontab","fields":["*","*","*","*","*"],"zone":"UTC","either_day":1}',
        '{"kind":"interval","every_us":1e9,"anchor":"2026-01-01T00:00:00Z"}',
        '{"kind":"interval","every_us":true,"anchor":"2026-01-01T00:00:00Z"}',
        '{"kind":"interval","every_us":1000000,"anchor":"2026-01-01T00:00:00"}',
        '{"kind":"interval","every_us":1000000,"anchor":"0001-01-01T00:00:00+23:00"}',
        '{"kind":"interval","every_us":1000000,"anchor":"2026-01-01T00:00:00Z","first":0.5}',
        '{"kind":"clocked","at":"soon"}',
        '{"kind":"clocked","at":1767225600}',
        '{"kind":"clocked","at":"2026-01-01T12:00:00Z","end":5}',
        '{"kind":"solar","event":"sunset","latitude":"north","longitude":0}',
        '{"kind":"solar","event":["sunset"],"latitude":1,"longitude":0}',
        "[" * 9_000,
        "x" * 20_000,
        None,
        5,
    ],
)
def test_a_text_that_cannot_be_computed_is_refused(text):
    with pytest.raises(ImpossibleSchedule):
        Plan.read(text)


def test_a_first_fire_beyond_the_calendar_is_never():
    document = {**json.loads(TEXTS["interval"]), "first": 10**30}

    assert Plan.read(json.dumps(document)).after(NOON) is None


def test_an_impossible_schedule_is_a_refusal_with_its_code():
    assert issubclass(ImpossibleSchedule, Refused)
    assert ImpossibleSchedule("Say so.").code == "impossible_schedule"
    assert str(ImpossibleSchedule("Say so.")) == "Say so."
