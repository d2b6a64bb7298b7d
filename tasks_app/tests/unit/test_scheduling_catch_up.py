"""After a time without a scheduler: what runs, what is skipped; every moment is told of."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks_app.scheduling.catch_up import MOST, passed_moments
from tasks_app.scheduling.plan import Plan
from tasks_app.states import CatchUp, Reason
from tasks_app.tests.schedules import a_scheduled_task, outcomes, pass_time, ticks, timer_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def minutely(minutes=1):
    return Plan.interval(timedelta(minutes=minutes), NOON - timedelta(days=365), 1)


def decided(policy, since, *, plan=None, window=HOUR, late=timedelta(seconds=30)):
    """The moments since `since` ago; a beat looks half a minute after the last one."""
    plan = plan or minutely()
    return passed_moments(plan, NOON - since, NOON, NOON + late, policy, window)


def words(moments):
    return [str(moment.reason) or "run" for moment in moments]


def stood_for(moments):
    return sum(max(moment.missed_count, 1) for moment in moments)


def test_the_latest_runs_and_the_others_are_missed():
    assert words(decided(CatchUp.LATEST, timedelta(minutes=3))) == ["missed"] * 3 + ["run"]


def test_all_run_the_oldest_first():
    moments = decided(CatchUp.ALL, timedelta(minutes=3))

    assert words(moments) == ["run"] * 4
    assert moments == sorted(moments)


def test_none_runs_where_the_task_says_skip():
    assert words(decided(CatchUp.SKIP, timedelta(minutes=3))) == ["missed"] * 4


@pytest.mark.parametrize("policy", CatchUp)
def test_what_is_a_few_seconds_late_is_not_missed(policy):
    seconds = Plan.interval(timedelta(seconds=1), NOON - HOUR, 1)

    moments = passed_moments(
        seconds, NOON - timedelta(seconds=4), NOON, NOON, policy, timedelta(seconds=10)
    )

    assert words(moments) == ["run"] * 5


def test_a_late_one_does_not_run_beside_one_that_is_on_time():
    moments = decided(CatchUp.LATEST, timedelta(minutes=2), late=timedelta(seconds=5))

    assert words(moments) == ["missed", "missed", "run"]


@pytest.mark.parametrize("policy, last", [("latest", "run"), ("all", "run"), ("skip", "missed")])
def test_what_lies_before_the_window_is_one_row_that_counts_as_many(policy, last):
    plan = minutely(10)

    gap, *rest = decided(policy, timedelta(days=1), plan=plan)

    assert (gap.reason, gap.missed_from) == (Reason.MISSED, NOON - timedelta(days=1))
    assert gap.at == NOON - HOUR
    assert gap.missed_count == 24 * 6 - 6 + 1
    assert words(rest)[-1] == last
    assert stood_for([gap, *rest]) == 24 * 6 + 1


@pytest.mark.parametrize("policy", CatchUp)
@pytest.mark.parametrize("hours", [1, 7, 40, 1000])
def test_every_moment_is_told_of_exactly_once(policy, hours):
    plan = Plan.crontab(["*/3", "*", "*", "*", "*"], "America/New_York")
    since = timedelta(hours=hours)
    first = plan.after(NOON - since)

    moments = passed_moments(plan, first, NOON, NOON, policy, timedelta(hours=6))

    assert stood_for(moments) == plan.count_between(NOON - since, NOON)
    assert len({moment.at for moment in moments}) == len(moments)


def test_all_runs_at_most_a_hundred_and_says_what_it_left_out():
    left_out, *rest = decided(CatchUp.ALL, timedelta(minutes=300), window=24 * HOUR)

    assert left_out.reason == Reason.OVER_LIMIT
    assert left_out.missed_count == 301 - MOST
    assert words(rest) == ["run"] * MOST


def test_a_single_missed_moment_before_the_window_is_no_gap():
    [moment] = decided(CatchUp.LATEST, timedelta(hours=2), plan=Plan.clocked(NOON - 2 * HOUR))

    assert (moment.reason, moment.missed_from, moment.missed_count) == (Reason.MISSED, None, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "policy, expected",
    [
        ("latest", ["missed"] * 9 + ["pending"]),
        ("all", ["pending"] * 10),
        ("skip", ["missed"] * 9 + ["pending"]),
    ],
)
def test_ten_minutes_without_a_beat(ada, policy, expected):
    a_scheduled_task(ada, catch_up=policy)

    # The tenth tick is due at this moment, and on time.
    pass_time(600)

    assert outcomes() == expected


@pytest.mark.django_db
@pytest.mark.parametrize("policy, runs", [("latest", 1), ("all", 4), ("skip", 0)])
def test_a_day_without_a_beat(ada, policy, runs):
    task = a_scheduled_task(ada, interval=900, catch_up=policy)

    pass_time(24 * 3600 + 300)

    gap, *_ = ticks()
    assert (gap.status, gap.reason, gap.missed_count) == ("skipped", "missed", 92)
    assert outcomes().count("pending") == runs
    assert sum(max(tick.missed_count, 1) for tick in ticks()) == 96
    assert timer_of(task).watermark == ticks()[-1].scheduled_for


@pytest.mark.django_db
def test_the_window_is_the_tasks_own(ada):
    a_scheduled_task(ada, interval=600, catch_up="all", catch_up_window=1800)

    pass_time(3600 + 60)

    assert outcomes() == ["missed"] + ["pending"] * 3
    assert ticks()[0].missed_count == 3
