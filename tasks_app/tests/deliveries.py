"""Messages as a worker's child gets them, traced in this process by Celery's own tracer."""

from typing import Any
from uuid import uuid4

from celery.app.trace import build_tracer

from config import celery_app
from tasks_app.models import TaskExecution
from tasks_app.tests.celery_app import know_the_tests_jobs


def deliver(execution: TaskExecution, **headers: Any) -> None:
    """Hand the doorbell of `execution` to its job, and read what became of the row."""
    trace(execution, **headers)
    execution.refresh_from_db()


def run_all() -> None:
    """Deliver whatever is due, and what that leads to, until nothing is."""
    while due := list(TaskExecution.objects.due().order_by("created_at", "id")):
        for execution in due:
            deliver(execution)


def trace(execution: TaskExecution, **headers: Any) -> Any:
    """As a pool's child does; the main process's part of the request is made up here."""
    know_the_tests_jobs()
    job = celery_app.tasks[execution.celery_task_name]
    request = {
        "id": str(execution.pk),
        "task": job.name,
        "ledger": 1,
        "claim_token": str(uuid4()),
        "hostname": "child@test",
        "delivery_info": {},
        "ignore_result": False,
        **headers,
    }
    return build_tracer(job.name, job, app=celery_app)(request["id"], [], {}, request)
