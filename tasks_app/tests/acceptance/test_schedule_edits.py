"""A schedule is edited while a beat runs, by whatever way: the new time holds within a second."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from tasks_app import services
from tasks_app.models import Task, TaskExecution, Timer
from tasks_app.tests.runs import JOB
from tasks_app.tests.schedules import now
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, a_system, eventually

# What is promised, and what a busy machine may add.
SEEN_WITHIN, BUSY = 1, 3
MINUTE = timedelta(minutes=1)
SELDOM, EACH_MINUTE = "0 0 1 1 *", "* * * * *"


@pytest.fixture
def system(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Iterator[System]:
    """A beat without a worker: only the ticks matter here."""
    broker.wipe()
    with a_system(tmp_path, broker.url, ada) as system:
        system.start_beat()
        yield system


def by_service(system: System, schedule: PeriodicTask, crontab: CrontabSchedule) -> None:
    task = Task.objects.get(schedule=schedule)
    services.update_task(system.actor, task, crontab=EACH_MINUTE)


def by_save(system: System, schedule: PeriodicTask, crontab: CrontabSchedule) -> None:
    schedule.crontab = crontab
    schedule.save()


def by_query_set(system: System, schedule: PeriodicTask, crontab: CrontabSchedule) -> None:
    PeriodicTask.objects.filter(pk=schedule.pk).update(crontab=crontab)


def by_bulk_update(system: System, schedule: PeriodicTask, crontab: CrontabSchedule) -> None:
    schedule.crontab = crontab
    PeriodicTask.objects.bulk_update([schedule], ["crontab"])


def by_sql_on_the_row(system: System, schedule: PeriodicTask, crontab: CrontabSchedule) -> None:
    sql(
        "UPDATE django_celery_beat_periodictask SET crontab_id = %s WHERE id = %s",
        crontab.pk,
        schedule.pk,
    )


def by_sql_on_the_crontab(system: System, schedule: PeriodicTask, crontab: CrontabSchedule) -> None:
    sql(
        "UPDATE django_celery_beat_crontabschedule SET minute = '*', hour = '*', "
        "day_of_month = '*', month_of_year = '*' WHERE id = %s",
        schedule.crontab_id,
    )


ROUTES = [by_service, by_save, by_query_set, by_bulk_update, by_sql_on_the_row]
# Last, for others may share its row.
ROUTES.append(by_sql_on_the_crontab)


def sql(statement: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def seldom(system: System, name: str) -> PeriodicTask:
    """The schedule of a new task, which beat knows and will not fire for a long time."""
    task, _ = services.create_task(
        system.actor, name=name, celery_task_name=JOB, args=[1], crontab=SELDOM
    )
    assert task.schedule
    eventually(lambda: next_fire(task.schedule_id) > now() + MINUTE)
    return task.schedule


def next_fire(schedule_id: int | None) -> datetime:
    return Timer.objects.values_list("planned_for", flat=True).filter(pk=schedule_id)[0] or now()


def seconds_until_due_within_a_minute(schedule: PeriodicTask) -> float:
    began = time.monotonic()
    eventually(lambda: next_fire(schedule.pk) <= now() + MINUTE)
    return time.monotonic() - began


def edit_by_every_route(system: System) -> list[int]:
    """Move schedules from once a year to each minute; each is seen in time."""
    each_minute = CrontabSchedule.objects.create(timezone="UTC")
    schedules = [seldom(system, route.__name__) for route in ROUTES]
    late = {}
    for route, schedule in zip(ROUTES, schedules, strict=True):
        route(system, schedule, each_minute)
        seconds = seconds_until_due_within_a_minute(schedule)
        if seconds > SEEN_WITHIN + BUSY:
            late[route.__name__] = seconds
    assert not late
    return [schedule.pk for schedule in schedules]


def test_an_edit_by_any_route_is_seen_within_a_second(system: System) -> None:
    edit_by_every_route(system)

    assert not TaskExecution.objects.filter(scheduled_for__lt=now() - MINUTE).exists()


@pytest.mark.long
def test_edited_schedules_fire_in_the_next_minute_and_never_for_the_past(system: System) -> None:
    began = now()
    edited = edit_by_every_route(system)
    done = now()
    first = done.replace(second=0, microsecond=0) + MINUTE

    ticks = TaskExecution.objects.filter(schedule_id__in=edited)
    eventually(lambda: ticks.filter(scheduled_for=first).count() == len(edited), within=70)
    for schedule_id in edited:
        moments = ticks.filter(schedule_id=schedule_id).values_list("scheduled_for", flat=True)
        assert len(moments) == len(set(moments))
        assert min(moments) >= began

    sql("UPDATE django_celery_beat_crontabschedule SET minute = '*/1' WHERE minute = '*'")
    eventually(lambda: ticks.filter(scheduled_for=first + MINUTE).count() == len(edited), within=70)
    assert ticks.filter(scheduled_for__gte=first).count() == 2 * len(edited)


def test_an_edited_interval_fires_a_second_later(system: System) -> None:
    schedule = seldom(system, "hourly")
    every = IntervalSchedule.objects.create(every=3600, period="seconds")
    PeriodicTask.objects.filter(pk=schedule.pk).update(crontab=None, interval=every)
    eventually(lambda: next_fire(schedule.pk) < now() + timedelta(hours=2))

    edited_at = now()
    sql("UPDATE django_celery_beat_intervalschedule SET every = 1")
    ticks = TaskExecution.objects.filter(schedule_id=schedule.pk).order_by("scheduled_for")
    eventually(ticks.exists)

    first = ticks[0]
    assert first.scheduled_for
    assert first.scheduled_for > edited_at
    assert first.created_at < edited_at + timedelta(seconds=1 + SEEN_WITHIN + BUSY)
