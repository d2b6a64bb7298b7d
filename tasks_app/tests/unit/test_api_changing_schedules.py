"""`PATCH /api/v1/tasks/{id or key}/`: what becomes of a task's schedule."""

import pytest
from django_celery_beat.models import IntervalSchedule

from tasks_app.models import Task
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.api import Program, assert_refused

CRONTAB = {"crontab": "30 2 * * mon", "timezone": "Europe/London"}
INTERVAL = {"interval": 5400}
SHOWN = ("crontab", "timezone", "interval", "scheduled_time", "solar")
AT = "2100-01-01T09:00:00Z"


@pytest.fixture
def program(ada):
    return Program(ada)


def after(program, schedule, change):
    """What is said of the schedule after a change of the task, without what is not said."""
    task = program.create(**schedule)
    answer = program.send("PATCH", f"tasks/{task['id']}/", change)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    return {name: shown[name] for name in SHOWN if shown[name] is not None}


CHANGES = {
    "a whole crontab": (CRONTAB, {"crontab": "0 9 * * *"}, {**CRONTAB, "crontab": "0 9 * * *"}),
    "its fields, the others are *": (
        CRONTAB,
        {"crontab": {"minute": "5"}},
        {**CRONTAB, "crontab": "5 * * * *"},
    ),
    "its zone": (CRONTAB, {"timezone": "UTC"}, {**CRONTAB, "timezone": "UTC"}),
    "one part, the others stay": (
        CRONTAB,
        {"crontab_hour": 18},
        {**CRONTAB, "crontab": "30 18 * * mon"},
    ),
    "one part is emptied": (
        CRONTAB,
        {"crontab_day_of_week": None},
        {**CRONTAB, "crontab": "30 2 * * *"},
    ),
    "its flat zone": (
        CRONTAB,
        {"crontab_timezone": "Asia/Shanghai"},
        {**CRONTAB, "timezone": "Asia/Shanghai"},
    ),
    "the flat zone is taken away": (
        CRONTAB,
        {"crontab_timezone": None},
        {**CRONTAB, "timezone": "UTC"},
    ),
    "one unit, the others stay": (INTERVAL, {"interval_minutes": 5}, {"interval": 3900}),
    "one unit is emptied": (INTERVAL, {"interval_hours": None}, {"interval": 1800}),
    "a whole interval": (INTERVAL, {"interval": {"minutes": 1}}, {"interval": 60}),
    "an interval instead of a crontab": (CRONTAB, {"interval_minutes": 5}, {"interval": 300}),
    "a part of a crontab instead of an interval": (
        INTERVAL,
        {"crontab_minute": "7"},
        {"crontab": "7 * * * *", "timezone": "UTC"},
    ),
    "a time instead": (CRONTAB, {"scheduled_time": AT}, {"scheduled_time": AT}),
    "a first schedule": ({}, {"interval": 60}, {"interval": 60}),
    "none any more": (CRONTAB, {"crontab": None}, {}),
    "none any more, part by part": (
        INTERVAL,
        {f"interval_{unit}": None for unit in ("days", "hours", "minutes", "seconds")},
        {},
    ),
    "what a form sends along is no change": (
        INTERVAL,
        {
            f"crontab_{part}": None
            for part in ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
        },
        INTERVAL,
    ),
    "a label that is a word for when": (INTERVAL, {"task_type": "periodic"}, INTERVAL),
}


@pytest.mark.parametrize("schedule, change, expected", CHANGES.values(), ids=CHANGES)
def test_only_what_is_said_of_a_schedule_changes(program, settings, schedule, change, expected):
    settings.CELERY_TIMEZONE = "UTC"

    assert after(program, schedule, change) == expected


@pytest.mark.parametrize(
    "change, wrong",
    [
        ({"crontab_hour": "25"}, "crontab_hour"),
        ({"crontab_hour": "5", "crontab": "0 9 * * *"}, "crontab"),
        ({"crontab": "0 9 * * *", "interval": 60}, "crontab interval"),
        ({"interval": 0}, "interval"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"task_type": "async", "interval": 60}, "interval"),
        ({"execution_type": "immediate", "scheduled_time": AT}, "scheduled_time"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_by_its_field(program, change, wrong):
    task = program.create(**CRONTAB)

    answer = program.send("PATCH", f"tasks/{task['id']}/", change)

    assert_refused(answer, 400, "invalid", *wrong.split())
    assert Task.objects.get().version == 1


@pytest.fixture
def foreign(ada):
    """Every 61.5 seconds, which only others write."""
    task = a_scheduled_task(ada, interval=60)
    IntervalSchedule.objects.update(every=61_500_000, period="microseconds")
    return task


def test_parts_of_a_second_are_not_dropped_unsaid(program, foreign):
    answer = program.send("PATCH", f"tasks/{foreign.pk}/", {"interval_hours": 1})

    assert_refused(answer, 400, "invalid", "interval_hours")
    assert "seconds must be a whole number of 0 or more, not 1.5." in str(answer.json()["errors"])


@pytest.mark.parametrize("seconds, expected", [(5, 3665), (None, 3660)])
def test_they_go_where_seconds_are_said(program, foreign, seconds, expected):
    change = {"interval_hours": 1, "interval_seconds": seconds}

    answer = program.send("PATCH", f"tasks/{foreign.pk}/", change)

    assert answer.json()["interval"] == expected


def test_another_job_is_carried_to_the_schedules_row(ada, program):
    task = a_scheduled_task(ada, interval=60)
    job = "tasks_app.jobs.common_tasks.demo_async_task"

    answer = program.send("PATCH", f"tasks/{task.pk}/", {"celery_task_name": job, "args": []})

    assert answer.status_code == 200, answer.content
    assert Task.objects.get().schedule.task == job
