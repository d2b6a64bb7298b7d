"""Schedules for tests, made as people make them, and a beat that looks once."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
)

from tasks_app import services
from tasks_app.models import Task, TaskExecution, Timer
from tasks_app.scheduling.edits import take_edits
from tasks_app.scheduling.tick import Fired, fire_due
from tasks_app.scheduling.write_back import write_back
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import JOB


def a_schedule(name: str = "nightly", every: float = 60, **columns: Any) -> PeriodicTask:
    """A row of django-celery-beat that no task stands behind, every so many seconds."""
    period = IntervalSchedule.objects.create(every=every, period=IntervalSchedule.SECONDS)
    return _row(name, interval=period, **columns)


def a_crontab(text: str, zone: str = "UTC", name: str = "nightly", **columns: Any) -> PeriodicTask:
    """The same with a crontab."""
    fields = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    row = CrontabSchedule.objects.create(
        **dict(zip(fields, text.split(), strict=True)), timezone=zone
    )
    return _row(name, crontab=row, **columns)


def a_clocked(at: datetime, name: str = "once", **columns: Any) -> PeriodicTask:
    """The same for one moment."""
    row = ClockedSchedule.objects.create(clocked_time=at)
    return _row(name, clocked=row, one_off=True, **columns)


def _row(name: str, **columns: Any) -> PeriodicTask:
    return PeriodicTask.objects.create(**({"name": name, "task": JOB, "args": "[1]"} | columns))


def a_scheduled_task(owner: User, **fields: Any) -> Task:
    """A task that runs each minute if `fields` say no other schedule; its timer is set."""
    kinds = {"crontab", "interval", "scheduled_time", "solar"}
    moments = {} if kinds & fields.keys() else {"interval": 60}
    defaults = {"name": "a task", "celery_task_name": JOB, "args": [1]}
    task, _ = services.create_task(Actor(owner), **(defaults | moments | fields))
    look()
    return task


def look() -> Fired:
    """One beat takes edits and fires what is due, until there is nothing left to do."""
    total = Fired()
    # Without an end a timer that does not move on would keep the test for ever.
    for _ in range(100):
        turn = take_edits().with_more(fire_due())
        write_back(turn.schedules, turn.ended)
        total = total.with_more(turn)
        if not turn.served:
            return total
    raise AssertionError("the beat never comes to rest")


def pass_time(seconds: float) -> None:
    """Nobody looks for so many seconds, then a beat does."""
    age(seconds)
    look()


def timer_of(subject: Task | PeriodicTask) -> Timer:
    """The timer as it is stored now."""
    return Timer.objects.get(pk=subject.schedule_id if isinstance(subject, Task) else subject.pk)


def ticks() -> list[TaskExecution]:
    """Every tick that has its row, in the order of their moments."""
    rows = TaskExecution.objects.exclude(scheduled_for=None)
    return list(rows.order_by("scheduled_for", "created_at"))


def outcomes() -> list[str]:
    """What became of each tick: its reason if it has one, else its state."""
    return [tick.reason or tick.status for tick in ticks()]


def now() -> datetime:
    """This machine's time, which is the database's in tests."""
    return timezone.now()


def ago(**span: float) -> datetime:
    """A moment in the past."""
    return now() - timedelta(**span)
