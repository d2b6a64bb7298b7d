"""A task's schedule is made, changed and removed with the task: whole or not at all."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from tasks_app.exceptions import Invalid, KeyTaken, NotFound
from tasks_app.models import Event, Skip, Task, TaskExecution, Timer
from tasks_app.scheduling.definition import Definition, definition_of
from tasks_app.services import Actor, create_task, delete_task, disable_task, update_task
from tasks_app.states import Trigger
from tasks_app.tests.runs import JOB

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
NINE = {"crontab": "0 9 * * *", "timezone": "Asia/Shanghai"}
SUNSET = {"solar": {"event": "sunset", "latitude": 51.5, "longitude": -0.123457}}


@pytest.fixture
def actor(ada):
    return Actor(ada, Trigger.API)


def create(actor, **fields):
    task, _ = create_task(actor, **({"name": "a", "celery_task_name": JOB, "args": [1]} | fields))
    return task


def change(actor, task, **changes):
    return update_task(actor, task, **changes)


def row_of(task):
    return PeriodicTask.objects.get(managed_task=task)


def fires_next(task):
    """As its timer says, at once and without a beat."""
    return Timer.objects.get(schedule=task.schedule_id).next_fire_at


def test_a_task_with_a_crontab_has_a_row_that_says_the_same(actor):
    task = create(actor, kwargs={"param": "ü"}, priority="high", queue="q", **NINE)

    row = row_of(task)
    assert (row.name, row.task, row.enabled, row.one_off) == (f"a · {task.pk}", JOB, True, False)
    assert (json.loads(row.args), json.loads(row.kwargs)) == ([1], {"param": "ü"})
    assert (row.queue, row.priority) == ("q", 3)
    assert definition_of(row) == Definition(crontab="0 9 * * *", timezone="Asia/Shanghai")
    assert (fires_next(task).hour, fires_next(task).minute) == (1, 0)


def test_a_task_without_a_schedule_has_no_row(actor):
    assert create(actor).schedule is None
    assert not PeriodicTask.objects.exists()


def test_a_long_name_is_cut_so_that_the_row_can_have_its_id(actor):
    task = create(actor, name="n" * 200, interval=60)

    assert row_of(task).name == f"{'n' * 150} · {task.pk}"


def test_a_row_without_a_queue_has_none(actor):
    assert row_of(create(actor, interval=60)).queue is None


@pytest.mark.parametrize(
    "fields, runs",
    [
        ({}, 1),
        ({"start": "manual"}, 0),
        ({"interval": 60}, 0),
        ({"interval": 60, "start": "now"}, 1),
        ({"interval": 60, "start": "now", "enabled": False}, 0),
    ],
    ids=str,
)
def test_a_scheduled_task_waits_for_its_ticks_unless_it_is_to_start_now(actor, fields, runs):
    create(actor, **fields)

    assert TaskExecution.objects.count() == runs


@pytest.mark.parametrize(
    "seconds, every, period",
    [(90, 90, "seconds"), (5400, 90, "minutes"), (7200, 2, "hours"), (86_400, 1, "days")],
)
def test_an_interval_is_stored_in_the_largest_unit_that_divides_it(actor, seconds, every, period):
    row = row_of(create(actor, interval=seconds))

    assert (row.interval.every, row.interval.period) == (every, period)


@pytest.mark.parametrize("fields", [NINE, {"interval": 60}, SUNSET], ids=str)
def test_equal_schedules_share_a_row_even_if_others_made_several(actor, fields):
    first, second = row_of(create(actor, **fields)), row_of(create(actor, **fields))

    assert first.scheduler == second.scheduler
    models = (CrontabSchedule, IntervalSchedule, SolarSchedule)
    assert sum(model.objects.count() for model in models) == 1


def test_of_several_equal_rows_the_first_is_taken(actor):
    first = IntervalSchedule.objects.create(every=1, period="minutes")
    IntervalSchedule.objects.create(every=1, period="minutes")

    assert row_of(create(actor, interval=60)).interval == first


def test_one_run_at_a_time_is_a_one_off_with_a_moment_of_its_own(actor):
    first, second = (row_of(create(actor, scheduled_time=NEW_YEAR)) for _ in range(2))

    assert first.one_off
    assert first.clocked.clocked_time == NEW_YEAR
    assert first.clocked != second.clocked


def test_bounds_are_the_rows_start_and_expiry(actor):
    end = NEW_YEAR + timedelta(days=1)
    row = row_of(create(actor, interval=60, start_time=NEW_YEAR, end_time=end))

    assert (row.start_time, row.expires) == (NEW_YEAR, end)


@pytest.mark.parametrize(
    "fields",
    [{"crontab": "nonsense"}, {"interval": 60, "key": "-"}, {"end_time": NEW_YEAR}],
    ids=str,
)
def test_of_a_refused_task_nothing_is_written(actor, fields):
    with pytest.raises(Invalid):
        create(actor, **fields)

    assert not PeriodicTask.objects.exists()
    assert not Task.objects.exists()


def test_a_key_that_is_taken_leaves_no_schedule_behind(actor):
    create(actor, key="k")

    with pytest.raises(KeyTaken):
        create(actor, key="k", interval=60)

    assert not PeriodicTask.objects.exists()


def test_the_trail_tells_the_schedule(actor):
    create(actor, **NINE)

    assert Event.objects.get().after == {"name": "a", "job": JOB} | NINE


def test_what_changes_in_the_task_changes_in_the_row(actor):
    task = create(actor, interval=60)
    before = fires_next(task)

    change(actor, task, name="b", args=[2], kwargs={"param": 1}, priority=4, queue="r")

    row = row_of(task)
    assert (row.name, json.loads(row.args), json.loads(row.kwargs)) == (
        f"b · {task.pk}",
        [2],
        {"param": 1},
    )
    assert (row.priority, row.queue) == (0, "r")
    assert fires_next(task) == before
    assert Task.objects.get().agreed == {
        "job": JOB,
        "args": [2],
        "kwargs": {"param": 1},
        "enabled": True,
        "queue": "r",
        "priority": 4,
    }


def test_a_disabled_task_has_a_disabled_row(actor):
    task = create(actor, interval=60)

    disable_task(actor, task)

    assert row_of(task).enabled is False


def test_a_text_that_the_row_does_not_hold_leaves_its_timer_alone(actor):
    task = create(actor, interval=60)
    before = fires_next(task)

    change(actor, task, description="d")

    assert fires_next(task) == before


def test_an_edit_of_the_row_that_is_not_taken_over_yet_survives_another_change(actor):
    task = create(actor, interval=60)
    PeriodicTask.objects.update(args="[7]", enabled=False)

    change(actor, task, name="b", interval=90)

    row = row_of(task)
    assert (row.args, row.enabled) == ("[7]", False)
    assert Task.objects.get().agreed["args"] == [1]


def test_another_kind_replaces_the_kind_and_keeps_the_row(actor):
    task = create(actor, start_time=NEW_YEAR, **NINE)
    before = row_of(task)

    changed = change(actor, task, interval=60)

    after = row_of(task)
    assert after.pk == before.pk
    assert definition_of(after) == Definition(interval=60, start_time=NEW_YEAR)
    assert changed.version == 2
    event = Event.objects.filter(verb="update").get()
    assert event.before == {"interval": None, **NINE}
    assert event.after == {"interval": 60, "crontab": None, "timezone": None}


def test_a_shared_row_is_never_edited(actor):
    task, other = create(actor, **NINE), create(actor, **NINE)

    change(actor, task, crontab="0 8 * * *")

    assert definition_of(row_of(other)).crontab == "0 9 * * *"
    assert definition_of(row_of(task)) == Definition(crontab="0 8 * * *", timezone="Asia/Shanghai")


def test_a_bound_is_changed_alone_and_taken_away(actor):
    task = create(actor, **NINE)

    change(actor, task, end_time=NEW_YEAR)
    assert row_of(task).expires == NEW_YEAR

    change(actor, task, end_time=None)
    assert row_of(task).expires is None


def test_the_same_schedule_once_more_is_no_change(actor):
    task = create(actor, **NINE)
    before = fires_next(task)

    unchanged = change(actor, task, crontab={"hour": 9, "minute": "0"})

    assert unchanged.version == 1
    assert fires_next(task) == before


def test_a_moment_that_is_replaced_is_removed_unless_somebody_else_uses_it(actor):
    task = create(actor, scheduled_time=NEW_YEAR)
    change(actor, task, scheduled_time=NEW_YEAR + timedelta(days=1))
    assert ClockedSchedule.objects.count() == 1

    used = row_of(task).clocked
    PeriodicTask.objects.create(name="theirs", task=JOB, clocked=used, one_off=True)
    change(actor, task, interval=60)
    assert list(ClockedSchedule.objects.all()) == [used]
    assert row_of(task).one_off is False


def test_a_one_off_that_has_fired_fires_again_at_its_new_moment(actor):
    task = create(actor, scheduled_time=NEW_YEAR)
    PeriodicTask.objects.update(enabled=False)

    change(actor, task, scheduled_time=NEW_YEAR + timedelta(days=1))

    assert row_of(task).enabled is True


def test_a_task_may_be_given_a_schedule_later(actor):
    task = create(actor)

    changed = change(actor, task, **NINE)

    assert changed.schedule == row_of(task)
    assert Task.objects.get().agreed["job"] == JOB
    assert fires_next(changed)


def test_without_its_only_kind_a_task_has_no_schedule(actor):
    task = create(actor, end_time=NEW_YEAR, scheduled_time=NEW_YEAR - timedelta(days=1))
    Skip.objects.create(schedule=task.schedule, scheduled_for=NEW_YEAR)

    changed = change(actor, task, scheduled_time=None)

    assert changed.schedule is None
    assert Task.objects.get().schedule_id is None
    for model in (PeriodicTask, ClockedSchedule, Timer, Skip):
        assert not model.objects.exists()


def test_a_stranger_changes_nothing(actor, bob):
    task = create(actor, interval=60)

    with pytest.raises(NotFound):
        change(Actor(bob), task, interval=90)

    assert row_of(task).interval.every == 1


@pytest.mark.parametrize(
    "changes",
    [{"cron_semantics": "celery"}, {"timezone": "Mars"}, {"interval": 0}],
    ids=str,
)
def test_what_no_schedule_may_be_it_does_not_become(actor, changes):
    task = create(actor, crontab="0 0 30 2 1", cron_semantics="cron")

    with pytest.raises(Invalid):
        change(actor, task, **changes)

    stored = Task.objects.get()
    assert (stored.version, stored.cron_semantics) == (1, "cron")
    assert definition_of(row_of(task)).crontab == "0 0 30 2 1"


def test_a_deleted_task_takes_its_schedule_along(actor):
    task = create(actor, scheduled_time=NEW_YEAR)
    other = create(actor, interval=60)

    delete_task(actor, task)

    assert list(PeriodicTask.objects.all()) == [row_of(other)]
    assert [timer.schedule for timer in Timer.objects.all()] == [row_of(other)]
    assert not ClockedSchedule.objects.exists()


def test_a_schedule_that_somebody_deleted_can_be_given_again(actor):
    task = create(actor, interval=60)
    PeriodicTask.objects.get().delete()

    change(actor, task, interval=60)

    assert row_of(task).interval.every == 1


def test_few_statements_create_and_change_a_scheduled_task(actor, django_assert_max_num_queries):
    create(actor, **NINE)

    # A savepoint of the test's own transaction begins and ends each.
    # Find the shared row; insert schedule, task and event; lock, read, compare and set the timer.
    with django_assert_max_num_queries(11):
        task = create(actor, **NINE)
    # Lock; update schedule and task (in a savepoint); read the time back; event.
    with django_assert_max_num_queries(16):
        change(actor, task, args=[2])
    # Also: the timer, the row and the crontab as they are; find and make the new one; its moment.
    with django_assert_max_num_queries(24):
        change(actor, task, crontab="0 8 * * *")
