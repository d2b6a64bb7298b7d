"""Putting a coming tick aside: exactly one that will come, once, with its reason in the trail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tasks_app.exceptions import Invalid, NoSuchTick, NotFound, NotScheduled
from tasks_app.models import Event, Skip
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
