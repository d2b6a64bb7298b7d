"""Solar schedules fire at the events that Celery knows, once each, also near the poles."""

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import ephem
import pytest
from celery.schedules import solar as celery_solar

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.solar import EVENTS

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
PLACES = {
    "London": (51.5, -0.1),
    "Auckland": (-36.85, 174.76),
    "Anchorage": (61.2, -149.9),
    "Quito": (-0.2, -78.5),
}
TROMSO = (69.65, 18.96)


def nearly(moment, other):
    return abs(moment - other) <= timedelta(seconds=2)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_when_celery_says(event, place):
    theirs = celery_solar(event, *place, nowfun=lambda: NEW_YEAR)
    theirs_next = NEW_YEAR + theirs.remaining_estimate(NEW_YEAR)

    assert nearly(Plan.solar(event, *place).after(NEW_YEAR), theirs_next)


def test_the_sun_sets_in_london_when_the_almanac_says():
    sunset = Plan.solar("sunset", *PLACES["London"]).after(datetime(2026, 6, 21, 12, tzinfo=UTC))

    assert f"{sunset:%Y-%m-%d %H:%M}" == "2026-06-21 20:21"


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("event", ["sunrise", "solar_noon", "sunset"])
def test_an_event_comes_once_a_day_all_year(event, place):
    plan = Plan.solar(event, *place)
    fires = plan.between(NEW_YEAR, NEW_YEAR + YEAR, 1_000)

    assert len(fires) == 365
    assert plan.count_between(NEW_YEAR, NEW_YEAR + YEAR) == 365
    assert all(not fire.microsecond for fire in fires)


def test_an_event_is_the_same_second_wherever_the_search_starts():
    plan = Plan.solar("sunset", *PLACES["London"])
    sunset = plan.after(NEW_YEAR)
    starts = [sunset - timedelta(seconds=seconds) for seconds in (1, 2, 30, 61, 3_600, 50_000)]

    assert {plan.after(start) for start in starts} == {sunset}
    assert plan.after(sunset) > sunset + timedelta(hours=23)


def test_days_without_the_event_are_passed_over():
    sunset = Plan.solar("sunset", *TROMSO)

    last_of_spring = sunset.between(NEW_YEAR, datetime(2026, 6, 21, tzinfo=UTC), 1_000)[-1]
    first_of_summer = sunset.after(last_of_spring)

    assert timedelta(days=60) < first_of_summer - last_of_spring < timedelta(days=80)


@pytest.mark.parametrize("event", ["sunrise", "sunset"])
def test_an_event_near_midnight_is_found_from_the_second_before_it(event):
    plan = Plan.solar(event, *TROMSO)
    spring = plan.between(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC), 99)

    for fire in spring:
        before = fire - timedelta(seconds=1)
        assert plan.after(before) == fire
        assert plan.count_between(before, fire) == 1


@pytest.mark.parametrize(
    "event, latitude, longitude, day",
    [
        ("dawn_civil", 65.99293358804155, -42.35084601116236, datetime(2029, 7, 31, tzinfo=UTC)),
        ("dusk_nautical", 83.69923267272316, 158.51453846442388, datetime(2026, 1, 27, tzinfo=UTC)),
    ],
)
def test_an_event_that_belongs_to_the_next_day_is_not_counted_twice(
    event, latitude, longitude, day
):
    # ephem also finds it when it looks for the event of that day, which has none.
    plan = Plan.solar(event, latitude, longitude)
    after, until = day - timedelta(days=9), day + timedelta(days=9)

    assert plan.count_between(after, until) == len(plan.between(after, until, 99)) > 5


def test_an_event_that_never_comes_is_never():
    assert Plan.solar("sunrise", 90, 0).after(NEW_YEAR) is None


@pytest.mark.parametrize(
    "latitude, longitude", [(90.1, 0), (-91, 0), (float("nan"), 0), ("north", 0), (None, 0)]
)
def test_a_place_off_the_globe_is_refused(latitude, longitude):
    with pytest.raises(
        ImpossibleSchedule, match="latitude is a number of degrees: use one from -90 to 90"
    ):
        Plan.solar("sunset", latitude, longitude)


@pytest.mark.parametrize("longitude", [180.1, -181, float("inf")])
def test_a_longitude_off_the_globe_is_refused(longitude):
    with pytest.raises(
        ImpossibleSchedule, match="longitude is a number of degrees: use one from -180 to 180"
    ):
        Plan.solar("sunset", 0, longitude)


@pytest.mark.parametrize("event", ["lunch", "", None])
def test_an_unknown_event_is_refused_with_the_known_ones(event):
    with pytest.raises(ImpossibleSchedule, match=r"There is no solar event .*: use one of dawn_"):
        Plan.solar(event, 0, 0)


def test_a_place_may_come_as_the_table_keeps_it():
    assert Plan.solar("sunset", Decimal("51.5"), Decimal("-0.1")) == Plan.solar(
        "sunset", *PLACES["London"]
    )


def test_every_event_of_celery_is_known():
    celery: Any = celery_solar

    assert set(EVENTS) == celery._all_events


def test_without_the_library_a_solar_schedule_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, ephem.__name__, None)

    with pytest.raises(ImpossibleSchedule, match="need the library ephem: install it"):
        Plan.solar("sunset", 0, 0)
