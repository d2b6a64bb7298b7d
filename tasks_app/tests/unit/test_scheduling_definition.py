"""Reading a schedule from flat fields: one kind, wrong ones told by their field."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from tasks_app.exceptions import ImpossibleSchedule, Invalid
from tasks_app.scheduling.definition import Definition, Solar, definition_of
from tasks_app.scheduling.reading import merge, read_definition

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LONDON = {"event": "sunset", "latitude": 51.5, "longitude": -0.12}


def refused(fields, **how):
    """The fields that a refusal names, with their sentences."""
    with pytest.raises(Invalid) as refusal:
        read_definition(fields, **how)
    return refusal.value.errors


@pytest.mark.parametrize("fields", [{}, {"crontab": None, "interval": None}, {"crontab": ""}])
def test_fields_that_say_nothing_are_no_schedule(fields):
    assert read_definition(fields) is None


@pytest.mark.parametrize(
    "crontab",
    [
        "*/5 9-17 * * mon-fri",
        "  */5   9-17 * *  mon-fri ",
        {"minute": "*/5", "hour": "9-17", "day_of_week": "mon-fri"},
    ],
    ids=str,
)
def test_a_crontab_is_a_line_or_an_object_of_its_fields(crontab):
    definition = read_definition({"crontab": crontab, "timezone": "Asia/Shanghai"})

    assert definition == Definition(crontab="*/5 9-17 * * mon-fri", timezone="Asia/Shanghai")


def test_a_field_of_a_crontab_may_be_a_number_or_a_list_with_blanks():
    definition = read_definition({"crontab": {"minute": 0, "hour": "9, 17"}})

    assert definition.crontab == "0 9,17 * * *"


def test_a_crontab_names_its_zone_inside_or_beside_or_has_that_of_celery(settings):
    settings.CELERY_TIMEZONE = "Europe/Paris"
    inside = {"minute": "0", "timezone": "Asia/Kolkata"}

    assert read_definition({"crontab": inside}).timezone == "Asia/Kolkata"
    assert read_definition({"crontab": inside, "timezone": "Asia/Kolkata"})
    assert read_definition({"crontab": "0 9 * * *"}).timezone == "Europe/Paris"
    assert list(refused({"crontab": inside, "timezone": "UTC"})) == ["timezone"]


@pytest.mark.parametrize(
    "interval, seconds",
    [(90, 90), ({"hours": 1, "minutes": 30}, 5400), ({"days": 1, "seconds": 1}, 86_401)],
    ids=str,
)
def test_an_interval_is_seconds_or_a_sum_of_units(interval, seconds):
    assert read_definition({"interval": interval}) == Definition(interval=seconds)


@pytest.mark.parametrize(
    "moment",
    [
        NEW_YEAR,
        datetime(2026, 1, 1),
        "2026-01-01T00:00:00",
        "2026-01-01T00:00Z",
        NEW_YEAR.astimezone(timezone(timedelta(hours=8))),
    ],
    ids=str,
)
def test_a_moment_without_a_zone_is_utc_and_may_have_passed(moment):
    assert read_definition({"scheduled_time": moment}) == Definition(scheduled_time=NEW_YEAR)


def test_the_sun_is_an_event_at_a_place():
    definition = read_definition({"solar": LONDON})

    assert definition == Definition(solar=Solar("sunset", 51.5, -0.12))


BAD = [
    ("crontab", "* * * *"),
    ("crontab", "0 0 30 2 *"),
    ("crontab", "*/0 * * * *"),
    ("crontab", {"minute": "61"}),
    ("crontab", {"minutes": "1"}),
    ("crontab", {"minute": True}),
    ("crontab", {"hour": ",".join(map(str, range(24))) + "," + ",".join(["1"] * 30)}),
    ("crontab", 7),
    ("interval", 0),
    ("interval", -5),
    ("interval", True),
    ("interval", 1.5),
    ("interval", "60"),
    ("interval", float("nan")),
    ("interval", 366 * 86_400 + 1),
    ("interval", {}),
    ("interval", {"hours": 0, "minutes": 0}),
    ("interval", {"hours": 1, "minutes": -1}),
    ("interval", {"weeks": 1}),
    ("scheduled_time", "tomorrow"),
    ("scheduled_time", 5),
    ("scheduled_time", "0001-01-01T00:00+14:00"),
    ("solar", "sunset"),
    ("solar", {**LONDON, "event": "tea"}),
    ("solar", {**LONDON, "latitude": 91}),
    ("solar", {**LONDON, "longitude": "0"}),
    ("solar", {**LONDON, "longitude": float("nan")}),
    ("solar", {**LONDON, "height": 1}),
]


@pytest.mark.parametrize("field, value", BAD, ids=[f"{f}-{n}" for n, (f, _) in enumerate(BAD)])
def test_a_bad_value_is_told_by_its_field(field, value):
    assert list(refused({field: value})) == [field]


def test_an_unknown_zone_is_told_beside_it():
    errors = refused({"crontab": "0 9 * * *", "timezone": "Mars/Olympus", "end_time": "later"})

    assert set(errors) == {"timezone", "end_time"}


def test_a_task_has_one_schedule():
    errors = refused({"crontab": "0 9 * * *", "interval": 60})

    assert set(errors) == {"crontab", "interval"}
    assert "one schedule" in errors["interval"][0]


@pytest.mark.parametrize("field", ["timezone", "start_time", "end_time"])
def test_what_belongs_to_a_schedule_does_not_stand_alone(field):
    assert list(refused({field: "2026-01-01T00:00Z"})) == [field]


def test_a_zone_belongs_to_a_crontab():
    assert list(refused({"interval": 60, "timezone": "UTC"})) == ["timezone"]


def test_the_end_comes_after_the_start():
    bounds = {"start_time": NEW_YEAR, "end_time": NEW_YEAR}

    assert list(refused({"interval": 60, **bounds})) == ["end_time"]


def test_the_day_rule_decides_what_is_impossible():
    every_monday_of_february = "0 0 30 2 1"

    assert read_definition({"crontab": every_monday_of_february}, semantics="cron")
    assert list(refused({"crontab": every_monday_of_february}, semantics="celery")) == ["crontab"]


@pytest.mark.parametrize(
    "fields",
    [
        {"crontab": "0 9 * * *", "timezone": "Asia/Kathmandu"},
        {"interval": 60, "start_time": "2026-01-01T00:00:00.000001Z", "timezone": ""},
        {"solar": LONDON},
        {"scheduled_time": NEW_YEAR},
    ],
    ids=str,
)
def test_what_a_definition_says_reads_as_the_same_again(fields):
    definition = read_definition({**fields, "end_time": "2027-01-01T00:00Z"})

    assert read_definition(definition.fields()) == definition


CRONTAB = Definition(crontab="0 9 * * *", timezone="Asia/Kolkata", start_time=NEW_YEAR)


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"interval": 60}, Definition(interval=60, start_time=NEW_YEAR)),
        (
            {"crontab": "0 8 * * *"},
            Definition(crontab="0 8 * * *", timezone="Asia/Kolkata", start_time=NEW_YEAR),
        ),
        (
            {"crontab": {"hour": "8", "minute": "0", "timezone": "UTC"}},
            Definition(crontab="0 8 * * *", timezone="UTC", start_time=NEW_YEAR),
        ),
        ({"start_time": None}, Definition(crontab="0 9 * * *", timezone="Asia/Kolkata")),
        ({"timezone": None}, Definition(crontab="0 9 * * *", timezone="UTC", start_time=NEW_YEAR)),
        ({"crontab": None}, None),
        ({"crontab": None, "interval": 5}, Definition(interval=5, start_time=NEW_YEAR)),
        ({"interval": None}, CRONTAB),
    ],
    ids=str,
)
def test_a_change_keeps_what_it_does_not_name(changes, expected, settings):
    settings.CELERY_TIMEZONE = "UTC"

    assert read_definition(merge(CRONTAB, changes)) == expected


def test_an_interval_counts_from_its_start_or_else_from_its_anchor():
    anchor = NEW_YEAR - timedelta(days=1)

    free = Definition(interval=60).plan(anchor)
    bound = Definition(interval=60, start_time=NEW_YEAR).plan(anchor)

    assert free.after(anchor - timedelta(hours=1)) == anchor + timedelta(minutes=1)
    assert bound.after(anchor) == NEW_YEAR


@pytest.mark.django_db
def test_a_stored_row_says_what_it_was_made_of():
    bounds = {"start_time": NEW_YEAR, "expires": NEW_YEAR + timedelta(days=1)}
    crontab = CrontabSchedule.objects.create(minute="0, 30", hour="9", timezone="Asia/Shanghai")

    definition = definition_of(PeriodicTask(crontab=crontab, **bounds))

    assert definition == Definition(
        crontab="0,30 9 * * *",
        timezone="Asia/Shanghai",
        start_time=NEW_YEAR,
        end_time=NEW_YEAR + timedelta(days=1),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind, model, columns, expected",
    [
        ("interval", IntervalSchedule, {"every": 2, "period": "hours"}, {"interval": 7200}),
        ("interval", IntervalSchedule, {"every": 5, "period": "microseconds"}, {"interval": 5e-6}),
        ("interval", IntervalSchedule, {"every": 5, "period": "moons"}, {"interval": 0}),
        ("solar", SolarSchedule, LONDON, {"solar": Solar("sunset", 51.5, -0.12)}),
        ("clocked", ClockedSchedule, {"clocked_time": NEW_YEAR}, {"scheduled_time": NEW_YEAR}),
    ],
    ids=str,
)
def test_rows_of_every_kind_can_be_read(kind, model, columns, expected):
    row = model.objects.create(**columns)
    schedule = PeriodicTask(**{kind: model.objects.get(pk=row.pk)})

    assert definition_of(schedule) == Definition(**expected)


@pytest.mark.django_db
def test_odd_rows_are_read_and_only_their_plan_refuses():
    crontab = CrontabSchedule.objects.create(minute="0", hour="9")
    # Past the field's own check, as another machine's tz database does.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_celery_beat_crontabschedule SET timezone = 'Mars/Olympus'")

    odd = definition_of(PeriodicTask(crontab_id=crontab.pk))
    empty = definition_of(PeriodicTask())

    assert (odd.crontab, odd.timezone) == ("0 9 * * *", "?")
    assert (empty.kind, empty.fields()["crontab"]) == ("", None)
    for definition in (odd, empty):
        with pytest.raises(ImpossibleSchedule):
            definition.plan(NEW_YEAR)
