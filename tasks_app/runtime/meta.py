"""A row of the ledger as Celery's result metadata, for `AsyncResult`."""

from typing import Any
from uuid import UUID

from kombu.utils import json as kombu_json

from tasks_app.models import TaskExecution
from tasks_app.runtime.canvas.parts import is_joining, part_of
from tasks_app.states import FINAL, Status

# Where progress keeps the word that `update_state` was given.
STATE = "celery_state"
# Celery knows no other word that ends a `get()`.
_WORDS = {Status.SKIPPED: "REVOKED"}


def read_row(task_id: str) -> TaskExecution | None:
    """The execution of this id, if it is one of ours."""
    try:
        return TaskExecution.objects.filter(pk=UUID(str(task_id))).first()
    except ValueError:
        return None


def as_meta(row: TaskExecution) -> dict[str, Any]:
    """What Celery's backends answer for a task, read from the row."""
    return {
        "task_id": str(row.pk),
        "status": _state(row),
        "result": result_of(row),
        "traceback": row.traceback or None,
        "children": _children(row),
        "date_done": row.finished_at and row.finished_at.isoformat(),
        "name": row.celery_task_name,
        "args": row.args,
        "kwargs": row.kwargs,
        "worker": row.worker,
        "retries": row.failed_tries,
        "queue": row.queue,
    }


def _state(row: TaskExecution) -> str:
    if row.status == Status.STARTED and STATE in row.progress_data:
        return str(row.progress_data[STATE])
    return _WORDS.get(Status(row.status), row.status.upper())


def _children(row: TaskExecution) -> list[Any]:
    """The runs that it caused, as Celery tells them; asked only when it is over."""
    if row.status not in FINAL or is_joining():
        return []
    return [((child, None), None) for child in row.children.all().ids_in_order()]


def result_of(row: TaskExecution) -> Any:
    """The result, the progress of a running one, or the exception of one that ended otherwise."""
    if row.status == Status.SUCCESS:
        return kombu_json.loads(kombu_json.dumps(part_of(row)))
    if row.status == Status.STARTED:
        return _progress(row)
    if row.status in (Status.FAILURE, Status.RETRY):
        return row.exception or _lost(row)
    if row.status in (Status.REVOKED, Status.SKIPPED):
        return _exception("TaskRevokedError", row.get_reason_display(), "celery.exceptions")
    return None


def _progress(row: TaskExecution) -> dict[str, Any]:
    """What `update_state` was given, or what the job reported in our way."""
    data = dict(row.progress_data)
    if data.pop(STATE, None):
        return data
    return {"progress": row.progress, "message": row.progress_message, **data}


def _lost(row: TaskExecution) -> dict[str, str]:
    """The exception of a run that raised none, such as one whose worker died."""
    kind = row.error_type or "Failure"
    module = "billiard.exceptions" if kind == "WorkerLostError" else "builtins"
    return _exception(kind, row.error.removeprefix(f"{kind}: "), module)


def _exception(kind: str, message: str, module: str) -> dict[str, str]:
    """The stored form; Celery makes an exception of it and checks that it is one."""
    return {"exc_type": kind, "exc_message": message, "exc_module": module}
