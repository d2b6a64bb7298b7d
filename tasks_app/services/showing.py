"""The schedules of tasks as every door shows them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast
from django_celery_beat.models import PeriodicTask

from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.models import Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.scheduling.definition import Definition, definition_of
from tasks_app.scheduling.describing import describe
from tasks_app.states import CronSemantics


@dataclass(frozen=True)
class ShownSchedule:
    """What a schedule says, in words too; `next_fire_at` is None where nobody knows it (yet)."""

    definition: Definition = field(default_factory=Definition)
    text: str = ""
    next_fire_at: datetime | None = None
    error: str = ""


def attach_schedules(tasks: Iterable[Task], language: str = "en") -> None:
    """Give each of these tasks its schedule as `shown`, by one query for all."""
    ids = [task.schedule_id for task in tasks if task.schedule_id]
    rows = {row.pk: row for row in _rows(ids)} if ids else {}
    for task in tasks:
        row = rows.get(task.schedule_id)
        attached: Any = task
        attached.shown = _shown(task, row, language) if row else ShownSchedule()


def _rows(ids: list[int]) -> Iterable[PeriodicTask]:
    """With all that defines them."""
    rows = PeriodicTask.objects.filter(pk__in=ids).select_related(
        "timer", "interval", "crontab", "solar", "clocked"
    )
    # As text: the field raises for a zone that is not known, and would hide all other rows.
    zone = Cast("crontab__timezone", CharField())
    for row in rows.defer("crontab__timezone").annotate(zone=zone):
        if row.crontab:
            vars(row.crontab)["timezone"] = row.zone
        yield row


def _shown(task: Task, row: PeriodicTask, language: str) -> ShownSchedule:
    definition, timer = definition_of(row), getattr(row, "timer", None)
    text, error = _described(task, definition, timer, language)
    coming = timer.next_fire_at if timer else None
    return ShownSchedule(
        definition,
        text,
        coming if coming and coming > STALE else None,
        timer.error if timer and timer.error else error,
    )


def _described(
    task: Task, definition: Definition, timer: Timer | None, language: str
) -> tuple[str, str]:
    """The schedule in words, or why there are none."""
    anchor = (timer and timer.anchor) or task.created_at
    either_day = task.cron_semantics == CronSemantics.CRON
    try:
        plan = definition.plan(anchor, either_day=either_day)
    except ImpossibleSchedule as error:
        return "", str(error)
    return describe(json.loads(plan.text), language), ""
