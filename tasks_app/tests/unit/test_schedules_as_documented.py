"""The schedules that users of other systems have, as they write them, fire at the right moments."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tasks_app.models import Task
from tasks_app.scheduling.code_entries import import_entries
from tasks_app.scheduling.plan import Plan
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.schedules import (
    a_scheduled_task,
    look,
    now,
    outcomes,
    pass_time,
    ticks,
    timer_of,
)
from tasks_app.tests.unit.api import Program

pytestmark = pytest.mark.django_db


def next_moments(task, count=40):
    """When the task's timer fires next, and what follows."""
    timer = timer_of(task)
    return Plan.read(timer.spec).between(now(), now() + timedelta(days=400), count)


@pytest.mark.parametrize(
    "crontab, is_so",
    [
        ("0 9 * * *", lambda at: (at.hour, at.minute) == (9, 0)),
        ("*/5 * * * *", lambda at: at.minute % 5 == 0),
        ("0 0 * * 0", lambda at: at.strftime("%a %H:%M") == "Sun 00:00"),
        ("0 0 1 * *", lambda at: (at.day, at.hour, at.minute) == (1, 0, 0)),
        ("0 */2 * * *", lambda at: (at.hour % 2, at.minute) == (0, 0)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_crontabs(ada, crontab, is_so, zone):
    task = a_scheduled_task(ada, crontab=crontab, timezone=zone)

    moments = next_moments(task)

    assert len(moments) >= 12
    assert all(is_so(moment.astimezone(ZoneInfo(zone))) for moment in moments)
    assert timer_of(task).next_fire_at == moments[0]


@pytest.mark.parametrize(
    "interval, seconds, stored",
    [
        ({"minutes": 5}, 300, "every 5 minutes"),
        ({"hours": 2}, 7200, "every 2 hours"),
        ({"days": 1}, 86400, "every day"),
        ({"seconds": 30}, 30, "every 30 seconds"),
        ({"hours": 1, "minutes": 30}, 5400, "every 90 minutes"),
    ],
)
def test_intervals(ada, interval, seconds, stored):
    task = a_scheduled_task(ada, interval=interval)

    assert str(task.schedule.interval) == stored
    pass_time(seconds)
    [tick] = ticks()
    assert (tick.status, timer_of(task).watermark) == ("pending", tick.scheduled_for)
    assert timer_of(task).next_fire_at - tick.scheduled_for == timedelta(seconds=seconds)


def create(user, body):
    answer = Program(user).post("tasks/", body)
    assert answer.status_code == 201, answer.content
    look()
    return Task.objects.get(pk=answer.json()["id"])


DAILY = {
    "name": "每日任务",
    "description": "每天凌晨1点执行",
    "task_type": "periodic",
    "celery_task_name": "app.worker.test_celery",
    "task_args": '["Daily Task"]',
    "task_kwargs": "{}",
    "crontab_minute": "0",
    "crontab_hour": "1",
    "crontab_day_of_month": "*",
    "crontab_month_of_year": "*",
    "crontab_day_of_week": "*",
    "enabled": True,
}


def test_a_daily_task_runs_at_one_at_night(ada):
    moments = next_moments(create(ada, DAILY), 3)

    assert {moment.strftime("%H:%M") for moment in moments} == {"01:00"}
    assert moments[1] - moments[0] == timedelta(days=1)


def test_a_frequent_task_runs_each_five_minutes(ada):
    job = "tasks_app.jobs.common_tasks.demo_periodic_task"
    body = DAILY | {"name": "频繁任务", "celery_task_name": job, "task_args": "[]"}
    task = create(ada, body | {"crontab_minute": "*/5", "crontab_hour": "*"})

    pass_time(600)

    assert [tick.scheduled_for.minute % 5 for tick in ticks()] == [0, 0]
    assert outcomes()[-1] == "pending"
    assert ticks()[-1].task == task


ONCE = {
    "name": "定时任务",
    "description": "在指定时间执行",
    "task_type": "once",
    "execution_type": "scheduled",
    "celery_task_name": "app.worker.long_running_task",
    "task_args": "[60]",
    "task_kwargs": "{}",
    "scheduled_time": "2025-12-02T15:00:00",
    "enabled": True,
}


def test_a_moment_that_has_passed_is_skipped_and_says_so(ada):
    create(ada, ONCE)

    [tick] = ticks()
    assert (tick.status, tick.reason) == ("skipped", "missed")
    assert tick.scheduled_for == datetime(2025, 12, 2, 15, tzinfo=UTC)


def test_a_moment_that_comes_runs_once(ada):
    at = (now() + timedelta(minutes=5)).replace(microsecond=0)
    naive = at.replace(tzinfo=None).isoformat()
    task = create(ada, ONCE | {"scheduled_time": naive})
    assert timer_of(task).next_fire_at == at

    pass_time(600)
    pass_time(600)

    assert outcomes() == ["pending"]


def test_a_task_to_run_once_and_at_once_runs_now(ada):
    body = {key: value for key, value in ONCE.items() if key != "scheduled_time"}
    job = {"celery_task_name": "app.worker.test_celery", "task_args": '["Hello World"]'}

    task = create(ada, body | job | {"execution_type": "immediate"})

    [run] = task.executions.all()
    assert (run.args, run.scheduled_for, task.schedule) == (["Hello World"], None, None)


def test_an_entry_of_beat_schedule(settings):
    know_the_tests_jobs()
    settings.JOB_ALIASES = {
        **settings.JOB_ALIASES,
        "app.tasks.module.task_function": "tasks_app.tests.jobs.take_anything",
    }
    entry = {
        "task": "app.tasks.module.task_function",
        "schedule": 3600.0,
        "args": (1, 2),
        "kwargs": {"param": "value"},
        "options": {"queue": "default"},
    }
    import_entries({"task-name": entry})
    look()

    pass_time(3600)

    [tick] = ticks()
    assert (tick.args, tick.kwargs, tick.queue) == ([1, 2], {"param": "value"}, "default")
    assert tick.celery_task_name == "tasks_app.tests.jobs.take_anything"
