"""Whoever edits a schedule, and by whatever way: its timer is stale in the same transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from tasks_app.models import Skip, Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.tests.runs import JOB, a_task
from tasks_app.tests.schedules import (
    a_clocked,
    a_crontab,
    a_schedule,
    a_scheduled_task,
    look,
    now,
    pass_time,
    ticks,
    timer_of,
)

NEW_YEAR = datetime(2100, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TO_EACH_MINUTE = """UPDATE django_celery_beat_crontabschedule
    SET minute = '*/1', hour = '*', day_of_month = '*', month_of_year = '*'"""


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def settle():
    """As if beat had set every timer anew."""
    Timer.objects.update(next_fire_at=NEW_YEAR, edited_from=None, edited_until=None)


def is_stale(schedule):
    timer = timer_of(schedule)
    assert (timer.next_fire_at == STALE) == bool(timer.edited_until)
    return timer.next_fire_at == STALE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"task": "other.job"},
        {"args": "[2]"},
        {"kwargs": '{"param": "x"}'},
        {"headers": '{"a": 1}'},
        {"queue": "other"},
        {"exchange": "other"},
        {"routing_key": "other"},
        {"priority": 3},
        {"enabled": False},
        {"interval_id": None},
        {"crontab_id": 4711},
        {"solar_id": 4711},
        {"clocked_id": 4711},
        {"start_time": NEW_YEAR},
        {"expires": NEW_YEAR},
        {"expire_seconds": 60},
        {"one_off": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_fire_takes_from_the_schedules_row_marks_its_timer(change):
    schedule, other = a_schedule(), a_schedule("other")
    settle()

    with transaction.atomic():
        PeriodicTask.objects.filter(pk=schedule.pk).update(**change)

        assert is_stale(schedule)
        assert not is_stale(other)
        # Nothing here points at what does not exist once the test ends.
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"last_run_at": NEW_YEAR},
        {"total_run_count": 7},
        {"description": "of the night"},
        {"date_changed": NEW_YEAR},
        {"name": "renamed"},
        {"args": "[1]"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_counters_texts_and_what_stays_the_same_mark_nothing(change):
    schedule = a_schedule()
    settle()

    PeriodicTask.objects.filter(pk=schedule.pk).update(**change)

    assert not is_stale(schedule)


def a_sunset():
    place = SolarSchedule.objects.create(event="sunset", latitude=51, longitude=0)
    return PeriodicTask.objects.create(name="nightly", task=JOB, solar=place)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make, model, change",
    [
        (lambda: a_crontab("0 0 * * *"), CrontabSchedule, {"minute": "5"}),
        (lambda: a_crontab("0 0 * * *"), CrontabSchedule, {"timezone": "Asia/Shanghai"}),
        (a_schedule, IntervalSchedule, {"every": 30}),
        (a_schedule, IntervalSchedule, {"period": "hours"}),
        (lambda: a_clocked(NEW_YEAR), ClockedSchedule, {"clocked_time": NEW_YEAR + HOUR}),
        (a_sunset, SolarSchedule, {"event": "sunrise"}),
    ],
)
def test_an_edit_of_a_definition_marks_the_schedules_that_use_it(make, model, change):
    schedule, other = make(), a_clocked(NEW_YEAR - HOUR, name="other")
    settle()

    used = model.objects.filter(periodictask=schedule).values_list("pk", flat=True)
    model.objects.filter(pk__in=list(used)).update(**change)

    assert is_stale(schedule)
    assert not is_stale(other)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"celery_task_name": "other.job"},
        {"args": [2]},
        {"kwargs": {"param": "x"}},
        {"queue": "other"},
        {"priority": 3},
        {"enabled": False},
        {"cron_semantics": "cron"},
        {"max_runs": 5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_edit_of_the_task_marks_its_schedules_timer(ada, change):
    task = a_scheduled_task(ada)
    settle()

    Task.objects.filter(pk=task.pk).update(**change)

    assert is_stale(task)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"description": "x"}, {"tags": ["x"]}, {"overlap": "skip"}, {"version": 7}]
)
def test_what_the_plan_does_not_need_of_the_task_marks_nothing(ada, change):
    task = a_scheduled_task(ada)
    settle()

    Task.objects.filter(pk=task.pk).update(**change)

    assert not is_stale(task)


@pytest.mark.django_db
def test_linking_and_unlinking_a_task_marks_the_timer(ada):
    schedule = a_schedule()
    settle()
    task = a_task(ada, schedule=schedule)
    assert is_stale(schedule)

    settle()
    Task.objects.filter(pk=task.pk).update(schedule=None)
    assert is_stale(schedule)

    settle()
    Task.objects.filter(pk=task.pk).update(schedule=schedule)
    assert is_stale(schedule)


@pytest.mark.django_db
def test_schedules_made_in_bulk_have_stale_timers_that_know_what_ran():
    every = IntervalSchedule.objects.create(every=60, period="seconds")
    ran = {"last_run_at": NEW_YEAR, "total_run_count": 7}

    [schedule] = PeriodicTask.objects.bulk_create(
        [PeriodicTask(name="bulk", task=JOB, interval=every, **ran)]
    )

    assert is_stale(schedule)
    assert (timer_of(schedule).watermark, timer_of(schedule).run_count) == (NEW_YEAR, 7)


@pytest.mark.django_db
def test_an_edit_that_is_rolled_back_marks_nothing():
    schedule = a_schedule()
    settle()

    with transaction.atomic():
        PeriodicTask.objects.filter(pk=schedule.pk).update(enabled=False)
        IntervalSchedule.objects.update(every=5)
        assert is_stale(schedule)
        transaction.set_rollback(True)

    assert not is_stale(schedule)


@pytest.mark.django_db
def test_a_deletion_takes_timer_and_skips_along_and_leaves_the_task(ada):
    task, kept = a_scheduled_task(ada), a_schedule("kept")
    for schedule in (task.schedule, kept):
        Skip.objects.create(schedule=schedule, scheduled_for=NEW_YEAR)

    sql("DELETE FROM django_celery_beat_periodictask WHERE id = %s", task.schedule_id)

    task.refresh_from_db()
    assert task.schedule_id is None
    assert Timer.objects.get().schedule_id == Skip.objects.get().schedule_id == kept.pk


def by_bulk_update(row):
    PeriodicTask.objects.bulk_update([other_crontab(row)], ["crontab"])


def by_sql_on_the_row(row):
    crontab_id = other_crontab(row).crontab_id
    sql("UPDATE django_celery_beat_periodictask SET crontab_id = %s", crontab_id)


def disable_and_enable(row):
    for enabled in (False, True):
        sql("UPDATE django_celery_beat_periodictask SET enabled = %s", enabled)


ROUTES: Any = {
    "the row's save": lambda row: other_crontab(row).save(),
    "a query set": lambda row: PeriodicTask.objects.update(crontab=other_crontab(row).crontab),
    "a bulk update": by_bulk_update,
    "SQL on the definition": lambda _: sql(TO_EACH_MINUTE),
    "SQL on the row": by_sql_on_the_row,
    "disabling and enabling": disable_and_enable,
}


def other_crontab(row):
    row.crontab = CrontabSchedule.objects.create(minute="*/1", timezone="UTC")
    return row


@pytest.mark.django_db
@pytest.mark.parametrize("edit", ROUTES.values(), ids=ROUTES)
def test_no_edit_fires_the_past_again(edit):
    schedule = a_crontab("* * * * *")
    look()
    pass_time(60)
    assert len(ticks()) == 1

    edit(schedule)
    look()

    assert len(ticks()) == 1
    assert now() < timer_of(schedule).next_fire_at <= now() + timedelta(minutes=1)


@pytest.mark.django_db
def test_what_another_scheduler_ran_before_is_not_run_again():
    at = now() - HOUR

    schedule = a_clocked(at, last_run_at=at + timedelta(seconds=1), total_run_count=1)
    look()

    assert not ticks()
    assert timer_of(schedule).next_fire_at is None
