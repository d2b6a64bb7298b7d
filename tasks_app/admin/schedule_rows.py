"""The rows of schedules, read so that one that is out of order does not hide the others."""

import json
from typing import Any, cast
from zoneinfo import available_timezones

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.models import Timer
from tasks_app.scheduling.definition import Definition, definition_of
from tasks_app.scheduling.describing import describe
from tasks_app.states import CronSemantics

RELATED = ("timer", "managed_task", "interval", "crontab", "solar", "clocked")


def visible_to(user: Any, rows: QuerySet[PeriodicTask]) -> QuerySet[PeriodicTask]:
    """All for a superuser; for others those of their own tasks, and those of no task."""
    own = Q(managed_task=None) | Q(managed_task__owner=user.pk)
    return rows if user.is_superuser else rows.filter(own)


def with_definitions(rows: QuerySet[PeriodicTask]) -> QuerySet[PeriodicTask]:
    """With all that is told of them; a zone comes as text, for an unknown one cannot be loaded."""
    zone = Cast("crontab__timezone", CharField())
    read: Any = rows.select_related(*RELATED).defer("crontab__timezone")
    return cast(QuerySet[PeriodicTask], read.annotate(zone=zone))


def complete(row: Any) -> Any:
    """Give a row's crontab its zone; needs `with_definitions`."""
    if row.crontab:
        # Past the field's own setter, which refuses an unknown zone.
        vars(row.crontab)["timezone"] = row.zone
    return row


def loadable(crontabs: QuerySet[CrontabSchedule]) -> QuerySet[CrontabSchedule]:
    """Those whose zone this system knows: reading another one raises, and hides all."""
    return crontabs.filter(timezone__in=available_timezones())


def timer_of(row: PeriodicTask) -> Timer | None:
    """Its place in the due index."""
    return getattr(row, "timer", None)


def code_of(row: PeriodicTask | None) -> str:
    """The entry of `beat_schedule` that owns it; empty if none does."""
    timer = timer_of(row) if row else None
    return timer.code if timer and timer.belongs_to_code else ""


def said_by(row: PeriodicTask) -> tuple[Definition, str, str]:
    """What a row defines, in words, and why that cannot be kept: one of the two is empty."""
    definition, task = definition_of(row), getattr(row, "managed_task", None)
    either_day = task is not None and task.cron_semantics == CronSemantics.CRON
    return definition, *described(definition, either_day=either_day)


def described(definition: Definition, *, either_day: bool = False) -> tuple[str, str]:
    """A definition in words, and why that cannot be kept."""
    try:
        # No moment is told, so any anchor does.
        plan = definition.plan(timezone.now(), either_day=either_day)
    except ImpossibleSchedule as error:
        return "", str(error)
    return describe(json.loads(plan.text)), ""
