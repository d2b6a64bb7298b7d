"""What a job or a person says about a task's present run, by the task's id."""

from typing import Any
from uuid import UUID

from django.db import transaction

from tasks_app import lifecycle
from tasks_app.exceptions import Invalid, MoveRefused, NoLiveRun
from tasks_app.lifecycle import Report
from tasks_app.models import TaskExecution
from tasks_app.models.json_values import RESULT_LIMIT, check_json
from tasks_app.redaction import redact, redact_text
from tasks_app.services.actor import Actor
from tasks_app.services.finding import get_task
from tasks_app.states import FINAL, Status, read_status

COMPLETE = 100


def update_task_progress(
    actor: Actor,
    task_id: str | UUID,
    progress: float,
    data: dict[str, Any] | None = None,
    message: str = "",
) -> TaskExecution:
    """Tell how far the present run is: percent from 0 to 100 and small JSON.

    Raises Invalid by field, NoLiveRun, and MoveRefused for a run that waits.
    """
    execution = _live_run(actor, task_id)
    _check_percent(progress)
    _check_storable(data=data, message=message)
    report = Report(progress, redact_text(message), redact(data or {}))
    if not lifecycle.note_progress(execution.pk, report):
        raise MoveRefused(execution.status, "reported on")
    execution.refresh_from_db()
    return execution


@transaction.atomic
def update_task_status(
    actor: Actor,
    task_id: str | UUID,
    status: str,
    progress: float | None = None,
    result: Any = None,
    error: str = "",
) -> TaskExecution:
    """Set the last word of the present run by hand; "running" changes only its progress.

    Secrets in result and error become `***`, also for what follows the run.
    Raises Invalid by field and for other words, NoLiveRun, and MoveRefused where the table has
    no such move.
    """
    word = _read(status)
    if word == Status.STARTED:
        return update_task_progress(actor, task_id, 0 if progress is None else progress)
    execution = _live_run(actor, task_id)
    percent = progress if progress is not None else COMPLETE if word == Status.SUCCESS else None
    _check_percent(percent or 0)
    _check_storable(result=result, error=error)
    moved = lifecycle.settle(
        execution.pk,
        word,
        progress=execution.progress if percent is None else percent,
        result=redact(result),
        error=redact_text(error),
    )
    if not moved:
        raise MoveRefused(execution.status, word)
    after = {"status": word, "progress": percent}
    before = {"status": execution.status}
    actor.note("set_status", "execution", execution.pk, before=before, after=after)
    execution.refresh_from_db()
    return execution


def _read(word: str) -> Status:
    try:
        status = read_status(word)
    except ValueError:
        status = None
    if status not in (Status.STARTED, *FINAL) or status == Status.SKIPPED:
        raise Invalid({"status": [f"{word} cannot be set; use running or a final status."]})
    return status


def _live_run(actor: Actor, task_id: str | UUID) -> TaskExecution:
    task = get_task(actor, task_id)
    execution = task.executions.live().newest_first().first()
    if execution is None:
        raise NoLiveRun(task.name)
    return execution


def _check_percent(value: float) -> None:
    if not 0 <= value <= COMPLETE:
        raise Invalid({"progress": [f"{value} is no percentage; use a number from 0 to 100."]})


def _check_storable(**values: Any) -> None:
    for field, value in values.items():
        try:
            check_json(value, limit=RESULT_LIMIT)
        except ValueError as error:
            raise Invalid({field: [str(error)]}) from error
