"""`POST /api/v1/tasks/` with a schedule, in our form and in that of other systems' clients."""

from datetime import UTC, datetime

import pytest
from django_celery_beat.models import PeriodicTask

from tasks_app.models import Task, TaskExecution
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import look, now, outcomes, timer_of
from tasks_app.tests.unit import documented_bodies
from tasks_app.tests.unit.api import Program, assert_refused

MINIMUM = {"name": "wait", "celery_task_name": JOB, "args": [60]}
EVERY_HOUR = {"crontab_minute": "0"}


def created(ada, body):
    answer = Program(ada).post("tasks/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def with_schedule(ada, **fields):
    return created(ada, MINIMUM | fields)


def test_the_documented_task_that_runs_at_once_does(ada):
    task = created(ada, documented_bodies.AT_ONCE)

    assert (task["name"], task["task_type"]) == ("测试任务", "once")
    assert TaskExecution.objects.get().args == ["Hello World"]
    assert not PeriodicTask.objects.exists()


def test_the_documented_moment_has_passed_and_its_tick_is_told_as_missed(ada):
    task = created(ada, documented_bodies.AT_A_TIME)

    assert task["scheduled_time"] == "2025-12-02T15:00:00Z"
    assert (task["args"], task["execution"]) == ([60], None)
    look()
    assert outcomes() == ["missed"]


@pytest.mark.parametrize(
    "body, crontab, text, kwargs",
    [
        (documented_bodies.EVERY_DAY, "0 1 * * *", "Every day at 01:00 (UTC)", {}),
        (
            documented_bodies.EVERY_FIVE_MINUTES,
            "*/5 * * * *",
            "Every 5 minutes",
            {"check": "health"},
        ),
    ],
)
def test_the_documented_periodic_tasks_wait_for_their_next_tick(ada, body, crontab, text, kwargs):
    shown = created(ada, body)

    assert (shown["crontab"], shown["timezone"], shown["kwargs"]) == (crontab, "UTC", kwargs)
    assert shown["schedule_text"] == text
    assert (shown["execution"], shown["status"]) == (None, "pending")
    look()
    coming = timer_of(Task.objects.get()).next_fire_at
    assert coming > now()
    assert coming.minute % 5 == 0


@pytest.mark.parametrize(
    "fields, crontab, zone",
    [
        ({"crontab": "30 9 * * mon-fri"}, "30 9 * * mon-fri", "UTC"),
        ({"crontab": {"hour": "9", "minute": "30"}}, "30 9 * * *", "UTC"),
        ({"crontab": {"minute": 0, "timezone": "Asia/Kolkata"}}, "0 * * * *", "Asia/Kolkata"),
        ({"crontab": "0 9 * * *", "timezone": "Europe/London"}, "0 9 * * *", "Europe/London"),
        ({"crontab_minute": 15}, "15 * * * *", "UTC"),
        ({"crontab_day_of_week": "0", "crontab_hour": ""}, "* * * * 0", "UTC"),
        ({**EVERY_HOUR, "crontab_timezone": "Asia/Shanghai"}, "0 * * * *", "Asia/Shanghai"),
        ({**EVERY_HOUR, "interval_hours": 0, "scheduled_time": None}, "0 * * * *", "UTC"),
    ],
)
def test_a_crontab_is_taken_in_every_form(ada, fields, crontab, zone):
    task = with_schedule(ada, **fields)

    assert (task["crontab"], task["timezone"]) == (crontab, zone)


@pytest.mark.parametrize(
    "fields, seconds",
    [
        ({"interval": 90}, 90),
        ({"interval": {"hours": 1, "minutes": 30}}, 5400),
        ({"interval_minutes": 5}, 300),
        ({"interval_hours": 2, "interval_days": 0}, 7200),
        ({"interval_days": 1}, 86_400),
        ({"interval_seconds": 30, "interval_minutes": None}, 30),
        ({"interval_hours": 1, "interval_minutes": 30, "task_type": "periodic"}, 5400),
    ],
)
def test_an_interval_is_taken_in_every_form(ada, fields, seconds):
    task = with_schedule(ada, **fields)

    assert task["interval"] == seconds
    assert isinstance(task["interval"], int)
    assert task["crontab"] is task["timezone"] is task["scheduled_time"] is None


def test_the_sun_is_taken_with_its_place(ada):
    place = {"event": "sunset", "latitude": 51.48, "longitude": 0.0}

    task = with_schedule(ada, solar=place)

    assert task["solar"] == place
    assert task["schedule_text"].startswith("At sunset")


def test_times_without_a_zone_are_utc(ada, settings):
    settings.TIME_ZONE = "Asia/Shanghai"

    task = with_schedule(
        ada, interval=60, start_time="2100-01-01T08:00:00", end_time="2101-01-01T08:00:00+08:00"
    )

    assert task["start_time"] == "2100-01-01T08:00:00Z"
    assert task["end_time"] == "2101-01-01T00:00:00Z"
    assert PeriodicTask.objects.get().start_time == datetime(2100, 1, 1, 8, tzinfo=UTC)


def test_how_a_schedule_is_kept_is_taken_and_answered(ada):
    fields = {
        "overlap": "buffer_one",
        "catch_up": "all",
        "catch_up_window": 7200,
        "disable_after_failures": 3,
        "cron_semantics": "cron",
        "jitter": 30,
        "max_runs": 10,
    }

    task = with_schedule(ada, crontab="0 0 13 * 5", **fields)

    assert {name: task[name] for name in fields} == fields


def test_a_task_with_a_schedule_can_also_be_executed_at_once(ada):
    task = with_schedule(ada, interval=60, start="now")

    assert task["execution"]["trigger"] == "api"
    assert task["interval"] == 60


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"task_type": "async"},
        {"task_type": "once"},
        {"task_type": "async", "execution_type": "immediate"},
        {"execution_type": "immediate"},
        {"task_type": "once", "interval_days": 0, "interval_seconds": 0},
        {"task_type": "Periodic"},
        {"crontab": None, "interval": None, "scheduled_time": None, "crontab_minute": None},
    ],
)
def test_without_a_time_it_is_executed_at_once(ada, fields):
    task = with_schedule(ada, **fields)

    assert task["execution"]["status"] == "pending"
    assert not PeriodicTask.objects.exists()


@pytest.mark.parametrize("task_type", ["once", "scheduled"])
def test_a_single_run_waits_for_its_time(ada, task_type):
    task = with_schedule(ada, task_type=task_type, scheduled_time="2100-01-01T00:00:00")

    assert (task["task_type"], task["execution"]) == (task_type, None)
    assert task["schedule_text"].startswith("Once, on 1 January 2100")


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"task_type": "periodic"}, ["crontab", "interval"]),
        ({"task_type": "periodic", "interval_hours": 0}, ["crontab", "interval_hours"]),
        ({"task_type": "periodic", "scheduled_time": "2100-01-01T00:00"}, ["scheduled_time"]),
        ({"task_type": "scheduled"}, ["scheduled_time"]),
        ({"task_type": "scheduled", "interval": 5}, ["interval"]),
        ({"execution_type": "scheduled"}, ["scheduled_time"]),
        ({"execution_type": "immediate", "crontab": "0 1 * * *"}, ["crontab"]),
        ({"execution_type": "immediate", **EVERY_HOUR}, ["crontab_minute"]),
        ({"task_type": "async", "scheduled_time": "2100-01-01T00:00"}, ["scheduled_time"]),
        ({"task_type": "once", "interval_minutes": 5}, ["interval_minutes"]),
        ({"task_type": "async", "execution_type": "scheduled"}, ["execution_type"]),
        ({"task_type": "periodic", "execution_type": "immediate"}, ["execution_type"]),
        ({"execution_type": "later"}, ["execution_type"]),
    ],
)
def test_words_that_the_schedule_contradicts_are_refused_with_a_sentence(ada, fields, wrong):
    answer = Program(ada).post("tasks/", MINIMUM | fields)

    assert_refused(answer, 400, "invalid", *wrong)
    assert not Task.objects.exists()


def test_a_contradiction_is_told_in_a_sentence(ada):
    body = MINIMUM | {"execution_type": "immediate", "crontab": "0 1 * * *"}

    detail = Program(ada).post("tasks/", body).json()["detail"]

    assert detail == (
        "crontab: immediate and crontab contradict each other. "
        "It is executed at once, so it has no schedule."
    )


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"crontab": "60 * * * *"}, "crontab"),
        ({"crontab": "0 0 30 2 *"}, "crontab"),
        ({"crontab": "* * * *"}, "crontab"),
        ({"crontab": 5}, "crontab"),
        ({"crontab": {"second": "0"}}, "crontab"),
        ({"crontab": "0 1 * * *", "crontab_minute": "0"}, "crontab"),
        ({"crontab_minute": "0", "crontab_hour": "25"}, "crontab_hour"),
        ({"crontab_minute": ["0"]}, "crontab_minute"),
        ({"crontab_minute": True}, "crontab_minute"),
        ({"crontab_second": "0"}, "crontab_second"),
        ({**EVERY_HOUR, "crontab_timezone": "Mars/Base"}, "crontab_timezone"),
        ({**EVERY_HOUR, "crontab_timezone": "UTC", "timezone": "UTC"}, "timezone"),
        ({"crontab": "0 1 * * *", "timezone": "Mars/Base"}, "timezone"),
        ({"timezone": "UTC"}, "timezone"),
        ({"interval": 5, "timezone": "UTC"}, "timezone"),
        ({"interval": 0}, "interval"),
        ({"interval": "5"}, "interval"),
        ({"interval": {"weeks": 1}}, "interval"),
        ({"interval_days": 0}, "interval_days"),
        ({"interval_minutes": -5}, "interval_minutes"),
        ({"interval_minutes": "5"}, "interval_minutes"),
        ({"interval_days": 367}, "interval_days"),
        ({"interval": 5, "interval_days": 1}, "interval"),
        ({"solar": "sunset"}, "solar"),
        ({"solar": {"event": "sunset", "latitude": 91, "longitude": 0}}, "solar"),
        ({"scheduled_time": "tomorrow"}, "scheduled_time"),
        ({"scheduled_time": 5}, "scheduled_time"),
        ({"start_time": "2100-01-01T00:00"}, "start_time"),
        (
            {"interval": 5, "start_time": "2100-01-02T00:00", "end_time": "2100-01-01T00:00"},
            "end_time",
        ),
        ({"overlap": "maybe"}, "overlap"),
        ({"catch_up": None}, "catch_up"),
        ({"catch_up_window": 1}, "catch_up_window"),
        ({"disable_after_failures": 0}, "disable_after_failures"),
        ({"cron_semantics": "vixie"}, "cron_semantics"),
        ({"jitter": 86_401}, "jitter"),
        ({"max_runs": 0}, "max_runs"),
    ],
)
def test_a_bad_schedule_is_refused_by_the_field_that_was_sent(ada, fields, wrong):
    answer = Program(ada).post("tasks/", MINIMUM | fields)

    assert_refused(answer, 400, "invalid", wrong)
    assert not Task.objects.exists()
    assert not PeriodicTask.objects.exists()


def test_two_schedules_are_refused_by_both_fields(ada):
    body = MINIMUM | {**EVERY_HOUR, "interval": 5}

    assert_refused(Program(ada).post("tasks/", body), 400, "invalid", "crontab_minute", "interval")


@pytest.mark.parametrize(
    "fields",
    [
        {"task_args": "[60]", "task_kwargs": '{"param": "x"}'},
        {"task_args": "", "task_kwargs": '{"seconds": 1}'},
        {"task_args": "[60]", "task_kwargs": None},
    ],
)
def test_arguments_are_taken_as_json_in_a_text(ada, fields):
    task = Program(ada).post(
        "tasks/", {"name": "wait", "celery_task_name": JOB, "start": "manual"} | fields
    )

    assert task.status_code == 201, task.content


@pytest.mark.parametrize(
    "fields, wrong",
    [
        ({"task_args": "[60"}, "task_args"),
        ({"task_args": '{"seconds": 60}'}, "task_args"),
        ({"task_args": [60]}, "task_args"),
        ({"task_args": "[NaN]"}, "task_args"),
        ({"task_args": r'["\u0000"]'}, "task_args"),
        ({"task_args": "[" * 50_000}, "task_args"),
        ({"task_args": "[1, 2, 3]"}, "task_args"),
        ({"task_kwargs": "[]", "args": [60]}, "task_kwargs"),
        ({"task_kwargs": '{"a": 1, "a": 2}', "args": [60]}, "task_kwargs"),
        ({"task_args": "[60]", "args": [60]}, "task_args"),
        ({"task_kwargs": "{}", "kwargs": {}, "args": [60]}, "task_kwargs"),
    ],
)
def test_bad_json_in_a_text_is_refused_by_its_field(ada, fields, wrong):
    answer = Program(ada).post("tasks/", {"name": "wait", "celery_task_name": JOB} | fields)

    assert_refused(answer, 400, "invalid", wrong)
    assert not Task.objects.exists()


@pytest.mark.parametrize("field", ["schedule_text", "next_fire_at", "schedule_error"])
def test_what_a_schedule_comes_to_is_read_only(ada, field):
    answer = Program(ada).post("tasks/", MINIMUM | {field: "x"})

    assert_refused(answer, 400, "invalid", field)
    assert "read-only" in answer.json()["detail"]
