"""Canvases in tests: their steps, the rows of these, and claims that nobody renews."""

from typing import Any

from celery.result import AsyncResult
from django.apps import apps
from django.utils import timezone

from config import celery_app
from tasks_app import lifecycle
from tasks_app.lifecycle import Claim
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.tests import canvas_jobs

# Typed loosely: the stubs of Celery take a signature joined with another for a plain dictionary.
jobs: Any = canvas_jobs
ChordCounter: Any = apps.get_model("django_celery_results", "ChordCounter")


def row(result: Any) -> TaskExecution:
    """The execution that a result is of."""
    return TaskExecution.objects.get(pk=result.id)


def rows_of(job: Any) -> list[TaskExecution]:
    """The executions of a job, the oldest first."""
    return list(TaskExecution.objects.filter(celery_task_name=job.name).oldest_first())


def alone(result: AsyncResult) -> Any:
    """Without its parents, whose errors `get()` would raise first."""
    return AsyncResult(result.id, app=celery_app)


def held(run: TaskExecution) -> Claim:
    """Start the run with a lease that is over already."""
    claim = Claim(run.pk, uuid7())
    assert lifecycle.claim([claim], worker="w", pid=1, lease=-1)
    return claim


def reap(run: TaskExecution) -> None:
    """Let its worker fall silent, and a reaper find that."""
    held(run)
    lifecycle.reap(timezone.now())
