"""A row of the ledger as Celery's result metadata, for `AsyncResult`."""

from typing import Any
from uuid import UUID

from kombu.utils import json as kombu_json

from tasks_app.models import TaskExecution
from tasks_app.states import Status

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
        "status": _WORDS.get(Status(row.status), row.status.upper()),
        "result": _result(row),
        "traceback": row.traceback or None,
        "children": [],
        "date_done": row.finished_at and row.finished_at.isoformat(),
        "name": row.celery_task_name,
        "args": row.args,
        "kwargs": row.kwargs,
        "worker": row.worker,
        "retries": row.failed_tries,
        "queue": row.queue,
    }


def _result(row: TaskExecution) -> Any:
    """The result, the progress of a running one, or the exception of one that ended otherwise."""
    if row.status == Status.SUCCESS:
        return kombu_json.loads(kombu_json.dumps(row.result))
    if row.status == Status.STARTED:
        return {"progress": row.progress, "message": row.progress_message, **row.progress_data}
    if row.status in (Status.FAILURE, Status.RETRY):
        kind = row.error_type or "Failure"
        return _exception(kind, row.error.removeprefix(f"{kind}: "), "builtins")
    if row.status in (Status.REVOKED, Status.SKIPPED):
        return _exception("TaskRevokedError", row.get_reason_display(), "celery.exceptions")
    return None


def _exception(kind: str, message: str, module: str) -> dict[str, str]:
    """The stored form; Celery makes an exception of it and checks that it is one."""
    return {"exc_type": kind, "exc_message": message, "exc_module": module}
