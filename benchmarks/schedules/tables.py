"""Many schedules at once: rows made by the database itself, so that a million take seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks

from benchmarks.schedules.ours import tidy
from tasks_app.models import Task
from tasks_app.scheduling.agreement import columns_for, said_by_task

JOB = "tasks_app.jobs.common_tasks.demo_async_task"
# Distinct crontabs of the schedules that stay quiet, and of those that fire together.
CRONTABS, HERD_CRONTABS = 200, 8
_SERIES = """(
    WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {size})
    SELECT n FROM series
) AS series"""
_ID = {
    "postgresql": "CAST(lpad(to_hex(schedule.id), 32, '0') AS uuid)",
    "sqlite": "printf('%%032x', schedule.id)",
}


def fill(size: int, herd: int, *, with_tasks: bool) -> None:
    """Make so many schedules; the first `herd` of them share the crontabs of the herd.

    None is due within the next two days. `with_tasks`: each belongs to a task whose policies are
    all switched on.
    """
    crontabs = _make_crontabs()
    task = Task(name="", celery_task_name=JOB, enabled=True)
    alike = columns_for(said_by_task(task)) if with_tasks else {"task": JOB, "enabled": True}
    first, first_of_herd = crontabs[HERD_CRONTABS], crontabs[0]
    crontab = (
        f"CASE WHEN n <= {herd} THEN {first_of_herd} + n % {HERD_CRONTABS} "
        f"ELSE {first} + n % {CRONTABS} END"
    )
    told = {"name": "'schedule ' || n", "crontab_id": crontab.replace("%", "%%")}
    _insert(PeriodicTask, _SERIES.format(size=size), told, alike | {"date_changed": _now()})
    if with_tasks:
        _make_tasks(task)
    PeriodicTasks.update_changed()
    tidy()


def _now() -> datetime:
    return datetime.now(UTC)


def _make_crontabs() -> list[int]:
    """Of one weekday that is three days ahead, spread over its hours; consecutive ids."""
    weekday = (_now() + timedelta(days=3)).isoweekday() % 7
    made = CrontabSchedule.objects.bulk_create(
        CrontabSchedule(
            minute=str(number % 60), hour=str(number * 7 % 24), day_of_week=str(weekday)
        )
        for number in range(HERD_CRONTABS + CRONTABS)
    )
    return [crontab.pk for crontab in made]


def _make_tasks(task: Task) -> None:
    owner = User.objects.create(username="owner")
    told = {
        "id": _ID[connection.vendor],
        "name": "schedule.name",
        "schedule_id": "schedule.id",
    }
    policies = {
        "celery_task_name": JOB,
        "owner_id": owner.pk,
        "agreed": said_by_task(task),
        "overlap": "skip",
        "catch_up": "latest",
        "jitter": 0,
        "max_runs": 1_000_000,
        "disable_after_failures": 5,
        "max_retries": 3,
        "time_limit": 600,
    }
    _insert(Task, "django_celery_beat_periodictask AS schedule", told, policies)


def _insert(
    model: type[models.Model], source: str, told: Mapping[str, str], same: Mapping[str, Any]
) -> None:
    """A row for each of the source: columns that SQL tells, that are the same, or the default."""
    columns, parameters = dict(told), []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column in told or (field.primary_key and column not in told):
            continue
        if column not in same and (field.null or field.db_default is not NOT_PROVIDED):
            continue
        value = same[column] if column in same else field.get_default()
        columns[column] = f"CAST(%s AS {field.cast_db_type(connection)})"
        parameters.append(field.get_db_prep_save(value, connection))
    words = ["INSERT INTO", model._meta.db_table, "(", ", ".join(columns), ") SELECT"]
    words += [", ".join(columns.values()), "FROM", source]
    with connection.cursor() as cursor:
        cursor.execute(" ".join(words), parameters)
