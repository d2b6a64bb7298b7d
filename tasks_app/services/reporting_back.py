"""What a job or a person says about a live run, or about a task's present one."""

from typing import Any
from uuid import UUID

from django.db import transaction

from tasks_app import lifecycle
from tasks_app.exceptions import AlreadyEnded, Invalid, MoveRefused, NoLiveRun
from tasks_app.lifecycle import Report
from tasks_app.models import TaskExecution
from tasks_app.models.json_values import RESULT_LIMIT, check_json
from tasks_app.redaction import redact, redact_text
from tasks_app.services.actor import Actor
from tasks_app.services.finding import get_execution, get_task
from tasks_app.states import FINAL, Status, read_status

COMPLETE = 100
# What may be said of a live run; "running" changes only its progress.
SETTABLE = (Status.STARTED, *(status for status in FINAL if status != Status.SKIPPED))


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
    return _report(_live_run(actor, task_id), progress, data, message)


def update_task_status(
    actor: Actor,
    task_id: str | UUID,
    status: str,
    progress: float | None = None,
    result: Any = None,
    error: str = "",
    reason: str = "",
) -> TaskExecution:
    """Set the last word of a task's present run by hand, as `set_outcome` does.

    Raises NoLiveRun, and what `set_outcome` raises.
    """
    _read(status)
    execution = _live_run(actor, task_id)
    return set_outcome(actor, execution, status, progress, result, error, reason)


@transaction.atomic
def set_outcome(
    actor: Actor,
    execution: TaskExecution,
    status: str,
    progress: float | None = None,
    result: Any = None,
    error: str = "",
    reason: str = "",
) -> TaskExecution:
    """Set the last word of a run by hand; "running" changes only its progress.

    The claim is withdrawn: what its job says afterwards changes nothing, and the job is asked to
    stop. Secrets in result and error become `***`, also for what follows the run. `reason` is for
    the audit trail. Raises NotFound, Invalid by field and for other words, AlreadyEnded, and
    MoveRefused where the table has no such move.
    """
    word = _read(status)
    execution = get_execution(actor, execution.pk)
    if execution.status in FINAL:
        raise AlreadyEnded(execution.status, execution.finished_at)
    if word == Status.STARTED:
        _check_nothing_ended(result=result, error=error)
        return _report(execution, progress)
    percent = progress if progress is not None else COMPLETE if word == Status.SUCCESS else None
    _settle(actor, execution, word, percent, result, error)
    after = {"status": word, "progress": percent}
    before = {"status": execution.status}
    actor.note("set_status", "execution", execution.pk, before=before, after=after, reason=reason)
    execution.refresh_from_db()
    return execution


def _settle(
    actor: Actor,
    execution: TaskExecution,
    word: Status,
    percent: float | None,
    result: Any,
    error: str,
) -> None:
    _check_percent(percent or 0)
    _check_storable(result=result, error=error)
    moved = lifecycle.settle(
        execution.pk,
        word,
        actor.canceller,
        progress=percent,
        result=redact(result),
        error=redact_text(error),
    )
    if not moved:
        raise MoveRefused(execution.status, word)


def _report(
    execution: TaskExecution,
    progress: float | None,
    data: dict[str, Any] | None = None,
    message: str = "",
) -> TaskExecution:
    _check_percent(progress or 0)
    _check_storable(data=data, message=message)
    if progress is None:
        is_running = execution.status == Status.STARTED
    else:
        report = Report(progress, redact_text(message), redact(data or {}))
        is_running = lifecycle.note_progress(execution.pk, report)
    if not is_running:
        raise MoveRefused(execution.status, "reported on")
    execution.refresh_from_db()
    return execution


def _read(word: str) -> Status:
    try:
        status = read_status(word)
    except ValueError:
        status = None
    if status not in SETTABLE:
        raise Invalid({"status": [f"{word} cannot be set; use running or a final status."]})
    return status


def _live_run(actor: Actor, task_id: str | UUID) -> TaskExecution:
    task = get_task(actor, task_id)
    execution = task.executions.live().newest_first().first()
    if execution is None:
        raise NoLiveRun(task.name)
    return execution


def _check_nothing_ended(**values: Any) -> None:
    if said := [field for field, value in values.items() if value not in (None, "")]:
        sentence = "This is said with a final status only."
        raise Invalid({field: [sentence] for field in said})


def _check_percent(value: float) -> None:
    if not 0 <= value <= COMPLETE:
        raise Invalid({"progress": [f"{value} is no percentage; use a number from 0 to 100."]})


def _check_storable(**values: Any) -> None:
    for field, value in values.items():
        try:
            check_json(value, limit=RESULT_LIMIT)
        except ValueError as error:
            raise Invalid({field: [str(error)]}) from error
