"""Putting a coming tick aside: exactly one that will come, once, with its reason in the trail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tasks_app.exceptions import Invalid, NoSuchTick, NotFound, NotScheduled
from tasks_app.models import Event, Skip, Timer
from tasks_app.services import Actor, disable_task, skip_tick, unskip_tick, update_task
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_task, told_of
from tasks_app.tests.schedules import a_scheduled_task, timer_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def actor(ada):
    return Actor(ada)


@pytest.fixture
def task(ada):
    return a_scheduled_task(ada, name="hourly", crontab="0 * * * *", timezone="UTC")


@pytest.fixture
def tick(task):
    return timer_of(task).planned_for


def test_a_coming_tick_is_put_aside(actor, task, tick):
    skip = skip_tick(actor, task, tick + timedelta(hours=30), "holiday")

    assert Skip.objects.get() == skip
    assert (skip.schedule_id, skip.user, skip.reason) == (task.schedule_id, actor.user, "holiday")
    event = Event.objects.get(verb="skip_tick")
    assert (event.subject_id, event.reason) == (task.pk, "holiday")
    assert datetime.fromisoformat(event.after["scheduled_for"]) == skip.scheduled_for


def test_a_moment_without_a_zone_is_utc(actor, task, tick):
    assert skip_tick(actor, task, tick.replace(tzinfo=None)).scheduled_for == tick


def test_once_more_changes_nothing(actor, task, tick):
    first = skip_tick(actor, task, tick, "holiday")

    assert skip_tick(actor, task, tick, "another") == first
    assert Skip.objects.get().reason == "holiday"
    assert told_of(task) == ["create", "skip_tick"]


def test_a_moment_without_a_tick_is_refused_with_its_neighbours(actor, task, tick):
    with pytest.raises(NoSuchTick) as refusal:
        skip_tick(actor, task, tick + 30 * MINUTE)

    for neighbour in (tick, tick + 60 * MINUTE):
        assert f"{neighbour:%Y-%m-%d %H:%M:%S} UTC" in str(refusal.value)


def test_before_the_next_tick_nothing_can_be_put_aside(actor, task, tick):
    with pytest.raises(NoSuchTick):
        skip_tick(actor, task, tick - 60 * MINUTE)


def test_a_tick_that_is_due_but_has_not_fired_can_still_be_put_aside(actor, task):
    age(3 * 3600)

    assert skip_tick(actor, task, timer_of(task).planned_for)


def test_just_after_an_edit_the_schedules_own_row_says_what_comes(actor, task, tick):
    update_task(actor, task, crontab="30 * * * *")

    assert skip_tick(actor, task, tick + 30 * MINUTE)
    with pytest.raises(NoSuchTick):
        skip_tick(actor, task, tick)


def test_a_disabled_schedule_has_no_coming_tick(actor, task, tick):
    disable_task(actor, task)

    with pytest.raises(NoSuchTick, match="No tick is coming"):
        skip_tick(actor, task, tick)


@pytest.fixture
def numbered(ada):
    """It has started one of its four runs."""
    task = a_scheduled_task(ada, crontab="0 * * * *", timezone="UTC", max_runs=4)
    Timer.objects.filter(pk=task.schedule_id).update(run_count=1)
    return task


def test_after_the_last_run_no_tick_can_be_put_aside(actor, numbered):
    first = timer_of(numbered).planned_for
    # What an edit left behind is no tick.
    Skip.objects.create(schedule_id=numbered.schedule_id, scheduled_for=first + MINUTE)

    with pytest.raises(NoSuchTick) as refusal:
        skip_tick(actor, numbered, first + 180 * MINUTE)

    assert f"{first + 120 * MINUTE:%Y-%m-%d %H:%M:%S} UTC" in str(refusal.value)
    assert skip_tick(actor, numbered, first + 120 * MINUTE)


def test_far_beyond_the_last_run_that_one_is_named(actor, numbered):
    first = timer_of(numbered).planned_for
    last = first + 120 * MINUTE

    with pytest.raises(NoSuchTick) as refusal:
        skip_tick(actor, numbered, first.replace(year=first.year + 5000))

    assert f"{last:%Y-%m-%d %H:%M:%S} UTC" in str(refusal.value)


def test_a_tick_that_was_put_aside_is_no_run(actor, numbered):
    first = timer_of(numbered).planned_for
    skip_tick(actor, numbered, first)

    assert skip_tick(actor, numbered, first + 180 * MINUTE)
    # That one is skipped too, so another run takes its place.
    assert skip_tick(actor, numbered, first + 240 * MINUTE)


def test_a_task_that_had_all_its_runs_has_no_coming_tick(actor, numbered):
    Timer.objects.filter(pk=numbered.schedule_id).update(run_count=4)

    with pytest.raises(NoSuchTick, match="No tick is coming"):
        skip_tick(actor, numbered, timer_of(numbered).planned_for)


def test_a_task_without_a_schedule_has_no_ticks(actor):
    with pytest.raises(NotScheduled):
        skip_tick(actor, a_task(actor.user), timezone.now())


@pytest.mark.parametrize("moment", [datetime.min, datetime.max, "soon"], ids=str)
def test_what_is_no_moment_of_our_time_is_refused(actor, task, tick, moment):
    with pytest.raises(Invalid):
        skip_tick(actor, task, moment)


def test_a_skip_is_taken_back_once(actor, task, tick):
    skip_tick(actor, task, tick)

    assert unskip_tick(actor, task, tick, "we work") is True
    assert unskip_tick(actor, task, tick) is False
    assert not Skip.objects.exists()
    event = Event.objects.get(verb="unskip_tick")
    assert event.reason == "we work"
    assert datetime.fromisoformat(event.before["scheduled_for"]) == tick.astimezone(UTC)


@pytest.mark.parametrize("verb", [skip_tick, unskip_tick])
def test_a_strangers_task_does_not_exist(bob, task, tick, verb):
    with pytest.raises(NotFound):
        verb(Actor(bob), task, tick)
