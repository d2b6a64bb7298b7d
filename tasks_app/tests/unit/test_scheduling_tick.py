"""Every schedule fires, with a task behind it or not, and its row says what stock users expect."""

import json
from datetime import timedelta

import pytest
from django_celery_beat.models import PeriodicTask

from tasks_app.models import TaskExecution
from tasks_app.scheduling import deciding
from tasks_app.scheduling.due import look_ahead
from tasks_app.scheduling.tick import fire_due
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import JOB, now_of
from tasks_app.tests.schedules import (
    a_clocked,
    a_crontab,
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


def fresh(schedule):
    return PeriodicTask.objects.get(pk=schedule.pk)


def the_tick_of(**columns):
    """The first tick of a schedule without a task."""
    a_schedule(**columns)
    look()
    pass_time(60)
    [tick] = ticks()
    return tick


def test_a_schedule_without_a_task_fires_under_its_own_name():
    tick = the_tick_of(name="nightly report", kwargs='{"param": 1}')

    assert (tick.schedule_name, tick.celery_task_name, tick.task) == ("nightly report", JOB, None)
    assert (tick.args, tick.kwargs, tick.trigger) == ([1], {"param": 1}, "schedule")
    assert (tick.status, tick.queue, tick.priority) == ("pending", "default", 2)


def test_a_schedule_of_a_task_fires_with_the_tasks_policies(ada):
    policies = {"time_limit": 60, "max_retries": 4, "retry_backoff": 9, "keep_log": False}
    task = a_scheduled_task(ada, priority=3, **policies)

    pass_time(60)

    [tick] = ticks()
    assert (tick.task, tick.owner) == (task, ada)
    assert (tick.queue, tick.time_limit, tick.max_attempts) == ("high_priority", 60, 5)
    assert (tick.retry_backoff, tick.on_lost, tick.keep_log) == (9, "retry", False)


def test_a_tick_copies_every_policy_that_a_run_by_hand_does(ada):
    lists = {"retry_on": ["OSError"], "fail_on": ["ValueError"]}
    limits = {"cancel_grace": 3, "soft_time_limit": 20, "time_limit": 60, "max_retries": 4}
    back_off = {"retry_backoff": 9, "retry_backoff_max": 99, "retry_jitter": False}
    task = a_scheduled_task(ada, keep_log=False, **lists, **limits, **back_off)

    pass_time(60)

    [tick] = ticks()
    assert {name: getattr(tick, name) for name in task.policies()} == task.policies()


def test_a_tick_of_a_task_without_lists_of_errors_has_none(ada):
    task = a_scheduled_task(ada)

    pass_time(60)

    [tick] = ticks()
    assert (tick.retry_on, tick.fail_on) == (task.policies()["retry_on"], None) == (None, None)


def test_the_row_tells_the_nominal_moment_and_not_when_a_beat_came_to_it():
    a_schedule()
    look()
    made = timer_of(PeriodicTask.objects.get()).anchor

    pass_time(65)

    assert ticks()[0].scheduled_for == made - timedelta(seconds=65) + timedelta(seconds=60)


def test_a_tick_has_one_row_however_often_beats_look():
    a_schedule()
    look()
    pass_time(60)

    look()

    assert len(ticks()) == 1


def test_nothing_fires_before_its_moment():
    a_schedule(every=60)
    look()

    assert not fire_due().served
    assert 55 < look_ahead().seconds <= 60


@pytest.mark.parametrize(
    "columns, queue",
    [
        ({"queue": "reports"}, "reports"),
        ({"routing_key": "low_priority"}, "low_priority"),
        ({"priority": 9}, "low_priority"),
        ({"priority": 0}, "high_priority"),
        ({}, "default"),
    ],
)
def test_queue_and_priority_of_the_row_are_honoured(columns, queue):
    assert the_tick_of(**columns).queue == queue


def test_headers_of_the_row_travel_in_the_ledger():
    assert the_tick_of(headers='{"tenant": "blue"}').envelope == {"headers": {"tenant": "blue"}}


def test_an_expiry_in_seconds_counts_from_the_tick():
    tick = the_tick_of(expire_seconds=30)

    assert tick.expires_at - tick.created_at == pytest.approx(
        timedelta(seconds=30), abs=timedelta(seconds=0.1)
    )


def test_an_expiry_at_a_moment_ends_the_schedule_and_its_runs():
    end = now() + timedelta(seconds=90)
    tick = the_tick_of(expires=end)

    pass_time(60)

    assert len(ticks()) == 1
    assert timer_of(fresh(PeriodicTask.objects.get())).next_fire_at is None
    assert tick.expires_at


def test_before_its_start_time_a_schedule_is_silent_and_its_interval_begins_there():
    start = now() + timedelta(seconds=90)
    schedule = a_schedule(start_time=start)
    look()

    pass_time(60)
    assert not ticks()
    pass_time(60)

    assert ticks()[0].scheduled_for == fresh(schedule).start_time


def test_the_schedules_row_tells_when_and_how_often_it_ran():
    schedule = a_schedule()
    look()
    pass_time(60)
    pass_time(60)

    row = fresh(schedule)
    assert row.total_run_count == 2
    assert now() - row.last_run_at < timedelta(seconds=5)


def test_a_one_off_runs_once_and_is_disabled():
    schedule = a_schedule(one_off=True)
    look()
    pass_time(60)
    pass_time(600)

    assert (outcomes(), fresh(schedule).enabled) == (["pending"], False)


def test_a_one_off_that_is_enabled_again_runs_once_more():
    schedule = a_schedule(one_off=True)
    look()
    pass_time(60)
    PeriodicTask.objects.update(enabled=True)
    look()

    pass_time(60)

    assert outcomes() == ["pending", "pending"]
    assert not fresh(schedule).enabled


def test_a_fired_one_off_that_was_edited_meanwhile_is_not_disabled(monkeypatch):
    schedule = a_schedule(one_off=True)
    look()
    age(60)
    fired = fire_due()
    PeriodicTask.objects.update(one_off=False)
    look()

    from tasks_app.scheduling.write_back import write_back

    write_back(fired.schedules, fired.ended)

    assert fresh(schedule).enabled


def test_a_moment_fires_once():
    schedule = a_clocked(now() + timedelta(seconds=30))
    look()
    pass_time(60)
    pass_time(60)

    assert (outcomes(), fresh(schedule).enabled) == (["pending"], False)


@pytest.mark.parametrize("passed, outcome", [(300, "pending"), (4000, "missed")])
def test_a_moment_in_the_past_is_decided_by_catch_up(passed, outcome):
    a_clocked(ago(seconds=passed))

    look()

    assert outcomes() == [outcome]


def test_a_crontab_fires_at_its_minute():
    a_crontab("*/5 * * * *")
    look()
    pass_time(300)

    [tick] = ticks()
    assert (tick.scheduled_for.minute % 5, tick.scheduled_for.second) == (0, 0)


@pytest.mark.parametrize(
    "columns, sentence",
    [
        ({"args": "no json"}, "positional arguments are no JSON array"),
        ({"kwargs": "[]"}, "keyword arguments are no JSON object"),
        ({"headers": "x"}, "headers are no JSON object"),
        ({"task": "gone.with.the.code"}, "No job is called gone.with.the.code"),
        ({"routing_key": "nowhere"}, "No queue is bound"),
    ],
)
def test_what_cannot_fire_is_set_aside_with_its_reason_and_stops_nobody(columns, sentence):
    bad, good = a_schedule("bad", **columns), a_schedule("good")
    look()

    pass_time(60)

    assert sentence in timer_of(bad).error
    assert [tick.schedule_name for tick in ticks()] == [good.name]


def test_an_impossible_crontab_is_set_aside():
    bad = a_crontab("0 0 30 2 *")

    look()

    assert timer_of(bad).error
    assert timer_of(bad).next_fire_at is None


def test_an_edit_that_mends_it_brings_it_back():
    bad = a_schedule(args="no json")
    look()
    PeriodicTask.objects.update(args="[1]")
    look()

    pass_time(60)

    assert (timer_of(bad).error, outcomes()) == ("", ["pending"])


def test_a_timer_that_cannot_be_decided_does_not_stop_the_others(monkeypatch):
    bad, _ = a_schedule("bad"), a_schedule("good")
    look()
    decide = deciding.decide
    monkeypatch.setattr(
        "tasks_app.scheduling.tick.decide",
        lambda row, situation: 1 / 0 if row.schedule_id == bad.pk else decide(row, situation),
    )

    pass_time(60)

    assert "ZeroDivisionError" in timer_of(bad).error
    assert [tick.schedule_name for tick in ticks()] == ["good"]


@pytest.mark.postgresql
def test_a_row_that_the_database_refuses_does_not_stop_the_others(monkeypatch):
    bad, _ = a_schedule("bad"), a_schedule("good")
    look()
    ticks_of = deciding.ticks_of
    monkeypatch.setattr(
        deciding,
        "ticks_of",
        lambda due, *rest: [
            tick._replace(queue="q" * 101) if due.schedule_id == bad.pk else tick
            for tick in ticks_of(due, *rest)
        ],
    )

    pass_time(60)

    assert "too long" in timer_of(bad).error
    assert [tick.schedule_name for tick in ticks()] == ["good"]


def test_jitter_puts_a_run_off_and_never_its_nominal_moment(ada):
    a_scheduled_task(ada, jitter=3600)
    pass_time(60)

    [tick] = ticks()
    assert timedelta() < tick.run_at - tick.scheduled_for <= timedelta(hours=1)
    assert (tick.reason, tick.published_at) == ("delayed", None)


def test_max_runs_ends_a_schedule(ada):
    task = a_scheduled_task(ada, max_runs=2)

    for _ in range(4):
        pass_time(60)

    assert outcomes() == ["pending", "pending"]
    assert timer_of(task).next_fire_at is None


def test_ticks_beyond_the_number_of_runs_are_skipped(ada):
    a_scheduled_task(ada, max_runs=2, catch_up="all")

    pass_time(240)

    assert outcomes() == ["pending", "pending", "max_runs", "max_runs"]


def test_a_raised_number_of_runs_goes_on_from_now(ada):
    task = a_scheduled_task(ada, max_runs=1)
    pass_time(60)
    pass_time(600)

    type(task).objects.update(max_runs=3)
    look()
    pass_time(60)

    assert outcomes() == ["pending", "pending"]


def test_a_job_reads_its_headers_and_the_name_of_its_schedule(broker):
    from tasks_app.tests.deliveries import trace

    tick = the_tick_of(name="nightly report", headers='{"tenant": "blue"}')
    TaskExecution.objects.update(celery_task_name="tasks_app.tests.jobs.tell_headers")

    trace(now_of(tick))

    assert now_of(tick).result == {"tenant": "blue", "periodic_task_name": "nightly report"}


def test_a_row_written_by_the_stock_scheduler_does_not_fire_again_for_what_it_ran():
    at = ago(seconds=300)
    a_clocked(at, last_run_at=at + timedelta(seconds=1), total_run_count=1)

    look()

    assert not ticks()


def test_the_clean_up_that_every_celery_brings_can_be_scheduled():
    tick = the_tick_of(task="celery.backend_cleanup", args=json.dumps([]))

    assert tick.celery_task_name == "celery.backend_cleanup"
