"""Crontabs where clocks change: gaps, repeated hours, and zones that did stranger things."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.plan import Plan

NEW_YORK, LORD_HOWE, TROLL = "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll"


def fires_on(day, line, zone, days=1):
    """The fires of local days, as local times with their offsets; counted as they are listed."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    # 23:59:59 of the day before: a fire at midnight belongs to the day.
    after = midnight - timedelta(seconds=1)
    end = datetime.fromisoformat(day) + timedelta(days=days)
    until = end.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)
    plan = Plan.crontab(line.split(), zone)
    fires = plan.between(after, until, 10_000)
    assert plan.count_between(after, until) == len(fires)
    return [f"{fire.astimezone(ZoneInfo(zone)):%H:%M%z}" for fire in fires]


def test_a_fixed_time_that_does_not_exist_fires_when_the_gap_ends():
    assert fires_on("2026-03-08", "30 2 * * *", NEW_YORK) == ["03:00-0400"]


def test_several_times_in_one_gap_fire_once():
    assert fires_on("2026-03-08", "0,20,40 2 * * *", NEW_YORK) == ["03:00-0400"]


def test_a_time_in_the_gap_and_one_at_its_end_fire_once():
    assert fires_on("2026-03-08", "0,30 2,3 * * *", NEW_YORK) == ["03:00-0400", "03:30-0400"]


def test_a_repeated_fixed_time_fires_at_its_first_occurrence():
    assert fires_on("2026-11-01", "30 1 * * *", NEW_YORK) == ["01:30-0400"]


def test_a_fixed_time_looked_for_in_the_second_hour_is_that_of_the_next_day():
    plan = Plan.crontab(["30", "1", "*", "*", "*"], NEW_YORK)
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)

    assert plan.after(second) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_a_count_from_within_the_second_hour_leaves_the_first_out():
    plan = Plan.crontab(["30", "1", "*", "*", "*"], NEW_YORK)
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)

    assert plan.count_between(second, second + timedelta(minutes=40)) == 0


def test_a_count_up_to_the_end_of_a_gap_counts_its_times_once():
    plan = Plan.crontab(["0,20,40", "2", "*", "*", "*"], NEW_YORK)
    end_of_gap = datetime(2026, 3, 8, 7, tzinfo=UTC)

    assert plan.count_between(end_of_gap - timedelta(seconds=1), end_of_gap) == 1


def test_every_real_step_of_a_repeated_hour_runs():
    assert fires_on("2026-11-01", "*/30 1 * * *", NEW_YORK) == [
        "01:00-0400",
        "01:30-0400",
        "01:00-0500",
        "01:30-0500",
    ]


def test_a_star_in_the_hour_follows_the_clock_too():
    assert len(fires_on("2026-11-01", "15 * * * *", NEW_YORK)) == 25


def test_steps_of_a_missing_hour_do_not_run():
    assert fires_on("2026-03-08", "*/30 1-3 * * *", NEW_YORK) == [
        "01:00-0500",
        "01:30-0500",
        "03:00-0400",
        "03:30-0400",
    ]


def test_a_missing_hour_does_not_move_a_step_that_only_it_has():
    assert fires_on("2026-03-08", "*/30 2 * * *", NEW_YORK) == []


def test_london_changes_at_one():
    assert fires_on("2026-03-29", "30 1 * * *", "Europe/London") == ["02:00+0100"]
    assert fires_on("2026-10-25", "30 1 * * *", "Europe/London") == ["01:30+0100"]


def test_lord_howe_changes_by_half_an_hour():
    assert fires_on("2026-10-04", "15 2 * * *", LORD_HOWE) == ["02:30+1100"]
    assert fires_on("2026-04-05", "45 1 * * *", LORD_HOWE) == ["01:45+1100"]
    assert fires_on("2026-04-05", "*/15 1 * * *", LORD_HOWE)[-3:] == [
        "01:45+1100",
        "01:30+1030",
        "01:45+1030",
    ]
    assert fires_on("2026-10-04", "*/15 2 * * *", LORD_HOWE) == ["02:30+1100", "02:45+1100"]


def test_a_day_that_begins_with_a_gap_fires_at_its_end():
    zone = "America/Sao_Paulo"

    assert fires_on("2017-10-15", "0 0 * * *", zone) == ["01:00-0200"]
    assert fires_on("2017-10-15", "30 0 * * sun", zone) == ["01:00-0200"]
    assert fires_on("2017-10-15", "*/20 0-1 * * *", zone) == [
        "01:00-0200",
        "01:20-0200",
        "01:40-0200",
    ]


def test_a_change_by_two_hours_is_one_gap_and_one_repeat():
    assert fires_on("2026-03-29", "30 1,2 * * *", TROLL) == ["03:00+0200"]
    assert fires_on("2026-10-25", "30 1,2 * * *", TROLL) == ["01:30+0200", "02:30+0200"]


def test_a_whole_day_that_was_skipped_fires_once_at_its_end():
    # Samoa went from 29 December 2011 straight to the 31st.
    assert fires_on("2011-12-29", "0 6,18 30 12 *", "Pacific/Apia", days=3) == ["00:00+1400"]
    assert fires_on("2011-12-29", "0 12 * * *", "Pacific/Apia", days=3) == [
        "12:00-1000",
        "00:00+1400",
        "12:00+1400",
    ]
    assert fires_on("2011-12-29", "0 */12 * * *", "Pacific/Apia", days=3) == [
        "00:00-1000",
        "12:00-1000",
        "00:00+1400",
        "12:00+1400",
    ]


def test_quarter_hours_of_a_zone_stay():
    assert fires_on("2026-06-01", "0 0 * * *", "Asia/Kathmandu") == ["00:00+0545"]


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "", "/etc/passwd", "../UTC", "America", "U\x00TC", "x" * 5_000, None, 7]
)
def test_an_unknown_time_zone_is_refused(zone):
    with pytest.raises(ImpossibleSchedule, match=r"^There is no time zone .*: use a name such as"):
        Plan.crontab(["*"] * 5, zone)
