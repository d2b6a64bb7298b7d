"""Which days a crontab fires on: both day rules, leap days, and far ahead."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tasks_app.scheduling.plan import Plan

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def days_of(line, either_day=False, after=NEW_YEAR, most=4):
    plan = Plan.crontab(line.split(), "UTC", either_day)
    return [
        str(fire.date()) for fire in plan.between(after, datetime.max.replace(tzinfo=UTC), most)
    ]


def test_both_kinds_of_day_must_fit():
    assert days_of("0 9 13 * fri") == ["2026-02-13", "2026-03-13", "2026-11-13", "2027-08-13"]


def test_either_kind_of_day_is_enough_by_choice():
    found = days_of("0 9 13 * fri", either_day=True)

    assert found == ["2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16"]


@pytest.mark.parametrize("line", ["0 9 */6 * fri", "0 9 13 * */5"])
def test_a_day_that_begins_with_a_star_restricts_as_before(line):
    assert days_of(line, either_day=True) == days_of(line, either_day=False)


def test_a_full_range_of_days_is_a_restriction_that_always_fits():
    found = days_of("0 9 1-31 * mon", either_day=True)

    assert found == ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]


def test_a_month_restricts_under_either_rule():
    assert days_of("0 9 13 2 mon", either_day=True)[:3] == [
        "2026-02-02",
        "2026-02-09",
        "2026-02-13",
    ]


def test_a_day_31_passes_over_shorter_months():
    assert days_of("0 9 31 * *") == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]


def test_a_leap_day_comes_back_after_eight_years_over_a_year_without_one():
    after = datetime(2096, 2, 29, 12, tzinfo=UTC)

    assert days_of("0 9 29 2 *", after=after, most=2) == ["2104-02-29", "2108-02-29"]


@pytest.mark.parametrize("weekday", range(7))
def test_a_leap_day_on_a_weekday_is_found_however_far_it_is(weekday):
    leap_days = [date(year, 2, 29) for year in range(2026, 2250) if _is_leap(year)]
    expected = [str(day) for day in leap_days if day.isoweekday() % 7 == weekday]

    assert days_of(f"0 9 29 2 {weekday}", most=len(expected)) == expected


def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def test_days_are_counted_as_they_are_listed():
    plan = Plan.crontab(["0", "9", "13", "*", "fri"], "UTC")
    until = NEW_YEAR + timedelta(days=36_525)

    assert plan.count_between(NEW_YEAR, until) == len(plan.between(NEW_YEAR, until, 1_000)) > 150
