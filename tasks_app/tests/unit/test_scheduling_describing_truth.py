"""A sentence about a schedule never lies: what fires differently is said differently."""

import re
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.crontab import Crontab
from tasks_app.scheduling.describing import describe
from tasks_app.scheduling.describing.fields import read_fields

LANGUAGES = ["en", "zh"]
# Place among the five fields, lowest and highest number.
MINUTE, HOUR, DAY, MONTH, WEEKDAY = PLACES = (
    (0, 0, 59),
    (1, 0, 23),
    (2, 1, 31),
    (3, 1, 12),
    (4, 0, 7),
)
A_LEAP_YEAR = [date(2028, 1, 1) + timedelta(days) for days in range(366)]
NAMES = {3: ("jan", "Feb", "december"), 4: ("sun", "Mon", "saturday")}


def parts(place, lowest, highest):
    number = st.integers(lowest, highest).map(str)
    if place in NAMES:
        number |= st.sampled_from(NAMES[place])
    step = st.integers(1, highest + 5).map(lambda step: f"/{step}")
    reach = st.tuples(number, number).map("-".join)
    stepped = st.tuples(reach | st.just("*"), st.just("") | step).map("".join)
    return number | stepped


def texts(place):
    return st.just("*") | st.lists(parts(*place), min_size=1, max_size=4).map(",".join)


specs = st.tuples(st.tuples(*map(texts, PLACES)), st.booleans())


@st.composite
def neighbours(draw):
    """Two crontabs that differ in one field or in their rule for days."""
    fields, either_day = draw(specs)
    place = draw(st.sampled_from([*PLACES, None]))
    if place is None:
        return (fields, either_day), (fields, not either_day)
    others = [*fields]
    others[place[0]] = draw(texts(place))
    return (fields, either_day), (tuple(others), either_day)


def sentence(spec, language):
    fields, either_day = spec
    plan = {"kind": "crontab", "fields": [*fields], "zone": "UTC", "either_day": either_day}
    return describe(plan, language)


def fires(spec):
    """Its times of the day, and its days of a year with every date."""
    fields, either_day = spec
    crontab = Crontab.read(fields, either_day)
    return crontab.times, tuple(crontab.days.fit(day) for day in A_LEAP_YEAR)


@pytest.mark.parametrize("language", LANGUAGES)
@given(spec=specs)
def test_every_crontab_is_described_and_never_as_its_expression(language, spec):
    try:
        fires(spec)
    except ImpossibleSchedule:
        assume(False)

    assert not re.search(r"[*/]|\b(jan|Mon)\b", sentence(spec, language))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=200)
@given(pair=neighbours())
def test_crontabs_that_fire_differently_are_said_differently(language, pair):
    try:
        one, other = map(fires, pair)
    except ImpossibleSchedule:
        assume(False)
    assume(one != other)

    assert sentence(pair[0], language) != sentence(pair[1], language)


@given(spec=specs)
def test_the_fields_are_read_as_the_scheduler_reads_them(spec):
    try:
        times, days = fires(spec)
    except ImpossibleSchedule:
        assume(False)

    fields = read_fields(*spec)

    hours, minutes = fields.hours or range(24), fields.minutes or range(60)
    assert times == tuple(hour * 3600 + minute * 60 for hour in hours for minute in minutes)
    assert days == tuple(is_named(fields, day) for day in A_LEAP_YEAR)


def is_named(fields, day):
    date_fits = not fields.days or day.day in fields.days
    weekday_fits = not fields.weekdays or day.isoweekday() in fields.weekdays
    fits = date_fits or weekday_fits if fields.either_day else date_fits and weekday_fits
    return fits and (not fields.months or day.month in fields.months)


def all_sets(numbers, sizes):
    return [subset for size in sizes for subset in combinations(numbers, size)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "line, numbers, sizes",
    [
        ("0 9 * * {}", range(7), range(1, 8)),
        ("0 9 1-7 * {}", range(7), range(1, 8)),
        ("0 9 13 * {}", range(7), range(1, 8)),
        ("0 9 * {} *", range(1, 13), range(1, 13)),
        ("0 9 {} * *", range(1, 32), (1, 2, 3)),
        ("{} 9 * * *", range(0, 60, 5), range(1, 13)),
        ("{} * * * *", range(0, 60, 5), range(1, 13)),
        ("0 {} * * *", range(0, 24, 2), range(1, 13)),
        ("* {} * * *", range(0, 24, 2), range(1, 13)),
    ],
)
def test_no_two_sets_of_one_field_share_a_sentence(line, numbers, sizes, language):
    sets = all_sets(numbers, sizes)
    lines = [line.format(",".join(map(str, subset))) for subset in sets]

    assert len({sentence((line.split(), False), language) for line in lines}) == len(sets)


@pytest.mark.parametrize("language", LANGUAGES)
@given(pair=st.lists(st.integers(1, 10**14), min_size=2, max_size=2, unique=True))
def test_no_two_intervals_share_a_sentence(language, pair):
    one, other = ({"kind": "interval", "every_us": every} for every in pair)

    assert describe(one, language) != describe(other, language)


@pytest.mark.parametrize("language", LANGUAGES)
@given(moments=st.lists(st.datetimes(), min_size=2, max_size=2, unique=True))
@pytest.mark.parametrize(
    "named", [{"kind": "clocked"}, {"kind": "interval", "every_us": 1}], ids=["clocked", "start"]
)
def test_no_two_moments_share_a_sentence(language, named, moments):
    key = "at" if named["kind"] == "clocked" else "start"

    one, other = (named | {key: f"{moment.isoformat()}Z"} for moment in moments)

    assert describe(one, language) != describe(other, language)


@pytest.mark.parametrize("language", LANGUAGES)
@given(latitudes=st.lists(st.floats(-90, 90), min_size=2, max_size=2, unique=True))
def test_no_two_places_share_a_sentence(language, latitudes):
    sunset = {"kind": "solar", "event": "sunset", "longitude": 0}

    one, other = (sunset | {"latitude": latitude} for latitude in latitudes)

    assert describe(one, language) != describe(other, language)
