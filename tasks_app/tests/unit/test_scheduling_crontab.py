"""Crontab fields mean what Celery takes them for, 7 is Sunday, and what cannot be is refused."""

from typing import Any

import pytest
from celery.schedules import crontab as celery_crontab

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.crontab import Crontab

ANY = ("*", "*", "*", "*", "*")
NAMES = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
READ_BY_CELERY = [
    "* * * * *",
    "*/5 */2 * * *",
    "0 9 * * mon-fri",
    "0 22-2 * * fri-mon",
    "50-10/7 1,5-9/2 28-3 nov-feb sat,wed",
    "1,13,30-45,50-59/2 0 1,15 jan,JUL-Sep *",
    "*/100 0 */10 */5 */3",
    "0 0 13 * Friday",
]
SUNDAYS = {
    "7": {0},
    "07": {0},
    "0,7": {0},
    "5-7": {5, 6, 0},
    "7-2": {0, 1, 2},
    "7-7": {0},
    "1-7": {0, 1, 2, 3, 4, 5, 6},
    "0-7": {0, 1, 2, 3, 4, 5, 6},
    "sun-7": {0, 1, 2, 3, 4, 5, 6},
    "0-7/2": {0, 2, 4, 6},
    "1-7/2": {1, 3, 5, 0},
    "mon,fri-7": {1, 5, 6, 0},
    "*/7": {0},
}


def fields_with(name, text):
    return {**dict(zip(NAMES, ANY, strict=True)), name: text}


def meaning(crontab):
    return {
        "times": crontab.times,
        "day_of_month": set(crontab.days.of_month),
        "month_of_year": set(crontab.days.months),
        "day_of_week": set(crontab.days.of_week),
    }


@pytest.mark.parametrize("line", READ_BY_CELERY)
def test_a_crontab_means_what_celery_takes_it_for(line):
    theirs: Any = celery_crontab(**dict(zip(NAMES, line.split(), strict=True)))

    assert meaning(Crontab.parse_line(line)) == {
        "times": tuple(
            hour * 3600 + minute * 60
            for hour in sorted(theirs.hour)
            for minute in sorted(theirs.minute)
        ),
        "day_of_month": theirs.day_of_month,
        "month_of_year": theirs.month_of_year,
        "day_of_week": theirs.day_of_week,
    }


@pytest.mark.parametrize("text, days", SUNDAYS.items())
def test_seven_is_sunday(text, days):
    assert Crontab.parse("0", "0", "*", "*", text).days.of_week == days


def test_a_day_of_the_week_may_be_seven_and_the_refusal_of_eight_says_so():
    with pytest.raises(ImpossibleSchedule, match="use numbers from 0 to 7"):
        Crontab.parse("0", "0", "*", "*", "8")


def test_seven_as_a_step_stays_a_step():
    assert Crontab.parse("0", "0", "*", "*", "0-6/7").days.of_week == {0}


def test_a_line_may_have_any_blanks_between_its_fields():
    assert Crontab.parse_line("  0\t9  * *   1\n").fields == ("0", "9", "*", "*", "1")


@pytest.mark.parametrize(
    "name, text",
    [
        ("minute", "60"),
        ("minute", "-1"),
        ("minute", "*/0"),
        ("minute", "10-20/0"),
        ("minute", ""),
        ("minute", "1,,2"),
        ("minute", "5/"),
        ("minute", "@daily"),
        ("hour", "24"),
        ("hour", "noon"),
        ("day_of_month", "0"),
        ("day_of_month", "32"),
        ("day_of_month", "L"),
        ("month_of_year", "13"),
        ("month_of_year", "0"),
        ("day_of_week", "8"),
        ("day_of_week", "someday"),
    ],
)
def test_a_field_that_names_nothing_is_refused_by_its_name(name, text):
    with pytest.raises(ImpossibleSchedule, match=rf'^{name} ".*" is not understood: use numbers'):
        Crontab.parse(**fields_with(name, text))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, 5, True, ["1"], b"1"])
def test_a_field_that_is_no_text_is_refused(name, value):
    with pytest.raises(ImpossibleSchedule, match=f"^{name} must be text"):
        Crontab.parse(**fields_with(name, value))


@pytest.mark.parametrize("text", ["1\x00", "1\n2", "\x1b[31m", "1\u202e"])
def test_a_control_character_is_refused(text):
    with pytest.raises(ImpossibleSchedule, match=r"^hour holds a control character: remove it"):
        Crontab.parse(**fields_with("hour", text))


def test_a_field_has_at_most_250_characters():
    longest = ",".join(["10"] * 83)
    assert len(longest) == 248

    Crontab.parse(**fields_with("minute", f"{longest},1"))
    with pytest.raises(ImpossibleSchedule, match=r"^minute is longer than 250 characters"):
        Crontab.parse(**fields_with("minute", f"{longest},10"))


def test_a_long_field_is_quoted_in_short():
    with pytest.raises(ImpossibleSchedule) as refusal:
        Crontab.parse(**fields_with("minute", "x" * 250))

    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("count", [0, 1, 4, 6, 61])
def test_a_crontab_has_five_fields(count):
    with pytest.raises(ImpossibleSchedule, match=f"has five fields, not {count}: write minute"):
        Crontab.parse_line(" ".join(["*"] * count))


@pytest.mark.parametrize("line", ["* " * 5_000, None, 5])
def test_a_line_is_a_text_of_sensible_length(line):
    with pytest.raises(ImpossibleSchedule, match="at most 2000 characters: shorten it"):
        Crontab.parse_line(line)


@pytest.mark.parametrize("line", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30-31 feb mon"])
def test_a_day_that_no_year_has_is_refused(line):
    with pytest.raises(ImpossibleSchedule, match=r"^day_of_month .* never comes in month_of_year"):
        Crontab.parse_line(line)


def test_a_weekday_is_enough_where_either_day_will_do():
    assert Crontab.parse_line("0 0 30 2 mon", either_day=True).days.exist


def test_a_day_that_one_of_the_months_has_is_accepted():
    assert Crontab.parse_line("0 0 31 2,3 *").days.exist


@pytest.mark.parametrize(
    "line, follows",
    [("*/5 9 * * *", True), ("5 */2 * * *", True), ("0-59 0-23 * * *", False)],
)
def test_only_a_star_in_minute_or_hour_follows_the_clock(line, follows):
    assert Crontab.parse_line(line).follows_clock is follows
