"""Entries of `beat_schedule` become schedules like all others, and stay the code's."""

from datetime import timedelta

import pytest
from celery.schedules import crontab
from django_celery_beat.models import PeriodicTask

from tasks_app.models import Timer
from tasks_app.scheduling.code_entries import import_entries
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import look, pass_time, ticks

pytestmark = pytest.mark.django_db

HOURLY = {
    "task": JOB,
    "schedule": 3600.0,
    "args": (1,),
    "kwargs": {"param": "value"},
    "options": {"queue": "reports"},
}


def the_row(name="task-name"):
    return PeriodicTask.objects.get(name=name)


def test_an_entry_is_written_down_and_fires():
    import_entries({"task-name": HOURLY})
    look()

    pass_time(3600)

    [tick] = ticks()
    assert (tick.schedule_name, tick.args, tick.kwargs) == ("task-name", [1], {"param": "value"})
    assert tick.queue == "reports"


@pytest.mark.parametrize(
    "schedule, every, period",
    [(90, 90, "seconds"), (timedelta(hours=2), 7200, "seconds"), (0.5, 500_000, "microseconds")],
)
def test_an_interval_is_as_long_as_the_code_says(schedule, every, period):
    import_entries({"task-name": {"task": JOB, "schedule": schedule}})

    kept = the_row().interval
    assert (kept.every, kept.period) == (every, period)


def test_a_crontab_keeps_its_fields():
    import_entries({"task-name": {"task": JOB, "schedule": crontab("30", "8", day_of_week="mon")}})

    kept = the_row().crontab
    assert (kept.minute, kept.hour, kept.day_of_week) == ("30", "8", "mon")


def test_it_is_known_as_the_codes_own():
    import_entries({"task-name": HOURLY})

    assert Timer.objects.get().belongs_to_code


def test_what_people_edited_stays_as_long_as_the_code_is_the_same():
    import_entries({"task-name": HOURLY})
    PeriodicTask.objects.update(args="[2]")

    import_entries({"task-name": HOURLY})

    assert the_row().args == "[2]"


def test_changed_code_wins_and_says_what_it_replaced(caplog):
    import_entries({"task-name": HOURLY})
    PeriodicTask.objects.update(args="[2]", enabled=False)

    import_entries({"task-name": {**HOURLY, "kwargs": {"param": "other"}}})

    row = the_row()
    assert (row.args, row.kwargs, row.enabled) == ("[1]", '{"param": "other"}', False)
    assert "'args'" in caplog.text


def test_an_unchanged_entry_writes_nothing(django_assert_num_queries):
    import_entries({"task-name": HOURLY})

    with django_assert_num_queries(1):
        import_entries({"task-name": HOURLY})


def test_an_entry_that_left_the_code_is_disabled():
    import_entries({"task-name": HOURLY})

    import_entries({})

    assert not the_row().enabled
    assert not Timer.objects.get().belongs_to_code


def test_an_entry_that_cannot_be_kept_does_not_stop_the_others(caplog):
    import_entries({"bad": {"task": JOB, "schedule": "each now and then"}, "good": HOURLY})

    assert [row.name for row in PeriodicTask.objects.all()] == ["good"]
    assert "bad" in caplog.text


def test_an_entry_that_comes_back_is_enabled_again():
    import_entries({"task-name": HOURLY})
    import_entries({})

    import_entries({"task-name": HOURLY})

    assert the_row().enabled
    assert Timer.objects.get().belongs_to_code
