"""What an edit means: owed ticks are settled, the new plan begins now, nothing past fires."""

from datetime import UTC, datetime, timedelta

import pytest
from django_celery_beat.models import ClockedSchedule, IntervalSchedule, PeriodicTask

from tasks_app import services
from tasks_app.models import Timer
from tasks_app.models.timer import STALE
from tasks_app.scheduling.setting import DISABLED, EDITED_INTO_THE_PAST
from tasks_app.scheduling.setting_aside import try_again
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.schedules import (
    a_clocked,
    a_schedule,
    a_scheduled_task,
    ago,
    look,
    now,
    outcomes,
    pass_time,
    ticks,
    timer_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule():
    """Each minute; its timer is set."""
    row = a_schedule()
    look()
    return row


def edit(**columns):
    PeriodicTask.objects.update(**columns)


def seconds_until(moment):
    return (moment - now()).total_seconds()


def test_a_new_schedule_begins_one_period_after_it_was_made(schedule):
    assert 55 < seconds_until(timer_of(schedule).next_fire_at) <= 60


def test_what_was_made_while_no_beat_ran_has_its_ticks_since_then():
    a_schedule()

    pass_time(180)

    assert outcomes() == ["missed", "missed", "pending"]


def test_an_edit_of_arguments_moves_no_tick(schedule):
    before = timer_of(schedule).next_fire_at
    edit(args="[2]")
    assert timer_of(schedule).next_fire_at == STALE

    look()

    assert timer_of(schedule).next_fire_at == before
    pass_time(60)
    assert ticks()[0].args == [2]


def test_an_edit_while_no_beat_runs_loses_no_tick(schedule):
    age(150)
    edit(args="[2]")

    look()

    assert outcomes() == ["missed", "pending"]


def test_a_new_period_counts_from_the_last_tick(schedule):
    pass_time(60)
    last = ticks()[0].scheduled_for
    IntervalSchedule.objects.update(every=90)

    look()

    assert timer_of(schedule).next_fire_at == last + timedelta(seconds=90)


def test_a_new_period_does_not_fire_the_past(schedule):
    pass_time(60)
    age(50)
    IntervalSchedule.objects.update(every=10)

    look()

    assert outcomes() == ["pending"]


def test_ticks_owed_under_the_old_plan_are_settled_before_the_new_one(schedule):
    age(150)
    IntervalSchedule.objects.update(every=3600)

    look()

    assert outcomes() == ["missed", "pending"]
    assert seconds_until(timer_of(schedule).next_fire_at) > 3000


def test_a_disabled_schedule_is_silent(schedule):
    edit(enabled=False)

    pass_time(600)

    assert (outcomes(), timer_of(schedule).next_fire_at) == ([], None)


def test_a_tick_that_was_owed_when_it_was_disabled_is_skipped_and_says_so(schedule):
    age(70)
    edit(enabled=False)

    look()

    [tick] = ticks()
    assert (tick.reason, tick.error) == ("missed", DISABLED)


def test_enabling_never_fires_what_passed_meanwhile(schedule):
    edit(enabled=False)
    pass_time(600)
    edit(enabled=True)

    look()

    assert outcomes() == []
    assert 0 < seconds_until(timer_of(schedule).next_fire_at) <= 60


def test_disabling_and_enabling_while_no_beat_runs_fires_nothing_of_the_time_between(schedule):
    edit(enabled=False)
    age(600)
    edit(enabled=True)

    look()

    assert outcomes() == []


def test_an_interval_keeps_its_anchor_while_it_is_disabled(schedule):
    anchor = timer_of(schedule).anchor
    edit(enabled=False)
    look()
    edit(enabled=True)
    look()

    assert timer_of(schedule).anchor == anchor


def test_a_moment_set_to_the_past_is_skipped_and_says_so():
    row = a_clocked(now() + timedelta(hours=1))
    look()
    ClockedSchedule.objects.update(clocked_time=ago(minutes=1))

    look()

    [tick] = ticks()
    assert (tick.reason, tick.error) == ("missed", EDITED_INTO_THE_PAST)
    assert timer_of(row).next_fire_at is None


def test_a_moment_that_passed_while_disabled_does_not_fire_when_enabled():
    a_clocked(now() + timedelta(seconds=30), enabled=False)
    look()
    age(60)
    edit(enabled=True)

    look()

    assert outcomes() == []


def test_a_fired_moment_that_is_edited_elsewhere_does_not_fire_again():
    a_clocked(now() + timedelta(seconds=30))
    look()
    pass_time(60)
    edit(args="[3]", enabled=True)

    look()

    assert outcomes() == ["pending"]


def test_what_was_set_aside_is_tried_again_when_beat_starts(monkeypatch):
    row = a_schedule(task="a.job.of.tomorrow")
    look()
    assert timer_of(row).error
    monkeypatch.setattr("tasks_app.registry.can_run", lambda name: True)

    try_again()
    look()

    assert (timer_of(row).error, bool(timer_of(row).next_fire_at)) == ("", True)


def test_deleting_a_schedule_takes_its_timer_along_and_leaves_its_history(schedule):
    pass_time(60)

    schedule.delete()

    assert not Timer.objects.exists()
    assert ticks()[0].schedule_name == "nightly"


def test_a_schedule_without_any_kind_is_set_aside(schedule):
    edit(interval=None)

    look()

    assert "exactly one of crontab, interval, clocked or solar" in timer_of(schedule).error


def test_a_moment_before_1970_is_settled_like_every_other():
    row = a_clocked(datetime(1969, 7, 20, tzinfo=UTC))

    look()

    assert (outcomes(), timer_of(row).next_fire_at) == (["missed"], None)


def test_a_moment_set_to_now_is_on_time_although_it_has_passed_when_it_arrives(ada):
    task = a_scheduled_task(ada, scheduled_time=now() + timedelta(hours=1))

    services.update_task(Actor(ada), task, scheduled_time=now())
    look()

    assert outcomes() == ["pending"]


@pytest.mark.parametrize(
    "remove",
    [lambda actor, task: services.update_task(actor, task, interval=None), services.delete_task],
    ids=["update", "delete"],
)
def test_what_was_owed_when_a_schedule_is_removed_has_its_row(ada, remove):
    task = a_scheduled_task(ada)
    age(70)

    remove(Actor(ada), task)

    assert outcomes() == ["missed"]


def test_a_change_of_the_task_swallows_no_edit_of_the_row_that_beat_has_not_seen(ada):
    task = a_scheduled_task(ada)
    edit(args="[7]", enabled=False)

    services.update_task(Actor(ada), task, name="renamed", queue="other")
    look()

    task.refresh_from_db()
    assert (task.args, task.enabled, task.queue) == ([7], False, "other")
