"""What a schedule will do, before it is saved."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from tasks_app.exceptions import ImpossibleSchedule, Invalid
from tasks_app.scheduling.definition import KINDS, MOMENTS
from tasks_app.scheduling.describing import describe
from tasks_app.scheduling.preview import Fire, notes_on, preview
from tasks_app.scheduling.reading import read_definition
from tasks_app.scheduling.zones import Zone
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_moment, check_number
from tasks_app.services.finding import get_task
from tasks_app.states import CronSemantics

MOST_FIRES = 100


@dataclass(frozen=True)
class Preview:
    """What a schedule says in words, by language, its next fires, and what to know of it."""

    description: dict[str, str]
    fires: list[Fire]
    notes: list[str]


def preview_schedule(
    actor: Actor,
    *,
    count: int = 10,
    zone: str = "UTC",
    after: datetime | None = None,
    cron_semantics: str = CronSemantics.CELERY,
    task: str | UUID | None = None,
    **moments: Any,
) -> Preview:
    """The next `count` fires (100 at most) of a schedule's flat fields, which need not be saved.

    `zone` is the viewer's, beside the schedule's own. `task` is the id or key of the task whose
    schedule this would become: its present one is no neighbour. Raises Invalid by field, and
    NotFound and KeyAmbiguous for the task.
    """
    _check_questions(count, zone, cron_semantics, moments)
    definition = read_definition(moments, semantics=cron_semantics)
    if definition is None:
        raise Invalid({"crontab": [f"Give one of {', '.join(KINDS)}."]})
    replaced = get_task(actor, task).schedule_id if task is not None else None
    # Nothing is stored, so this machine's clock does.
    start = check_moment("after", after) if after else timezone.now()
    either_day = cron_semantics == CronSemantics.CRON
    fires = preview(definition, either_day=either_day, after=start, count=count, zone=zone)
    plan = json.loads(definition.plan(start, either_day=either_day).text)
    description = {language: describe(plan, language) for language in ("en", "zh")}
    notes = notes_on(definition, fires, either_day=either_day, besides=replaced)
    return Preview(description, fires, notes)


def _check_questions(count: int, zone: str, cron_semantics: str, moments: dict[str, Any]) -> None:
    if unknown := sorted(set(moments) - set(MOMENTS)):
        raise Invalid({field: ["A schedule has no such field."] for field in unknown})
    check_number("count", count, MOST_FIRES)
    if cron_semantics not in CronSemantics.values:
        raise Invalid({"cron_semantics": [f"Use one of {', '.join(CronSemantics.values)}."]})
    try:
        Zone(zone)
    except ImpossibleSchedule as error:
        raise Invalid({"zone": [str(error)]}) from None
