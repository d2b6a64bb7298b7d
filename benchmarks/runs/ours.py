"""Belfry as it is, with the two jobs added: `celery -A benchmarks.runs.ours worker`."""

from functools import cache
from typing import TYPE_CHECKING

from celery.signals import import_modules

from benchmarks.runs import jobs
from config.celery import app

if TYPE_CHECKING:
    from tasks_app.models import Task
    from tasks_app.services import Actor

__all__ = ["app"]


@import_modules.connect
def know_the_jobs(**_: object) -> None:
    """Put the two jobs into this process's registry."""
    from tasks_app.runtime.discovery import fill_registry

    fill_registry(app)


def fill(count: int) -> None:
    """Write so many runs of a task down at once, and ring for them."""
    from tasks_app import lifecycle, registry
    from tasks_app.models import TaskExecution
    from tasks_app.services.executing import copied

    actor, task = _task("noop")
    job = registry.find(task.celery_task_name)
    assert job
    queue = task.queue_for(task.priority)
    alike = copied(actor, task, job) | {"queue": queue, "priority": task.priority}
    lifecycle.submit([TaskExecution(**alike) for _ in range(count)])


def execute(job: str) -> None:
    """Submit one run of a task, as each door does."""
    from tasks_app import services

    actor, task = _task(job)
    services.execute_task(actor, task)


def call(job: str) -> None:
    """Submit one run without a task, as code does."""
    getattr(jobs, job).delay()


def succeeded() -> int:
    """How many runs are known to have ended well."""
    from tasks_app.models import TaskExecution
    from tasks_app.states import Status

    return TaskExecution.objects.in_status(Status.SUCCESS).count()


@cache
def _task(job: str) -> "tuple[Actor, Task]":
    from django.contrib.auth.models import User

    from tasks_app import services

    know_the_jobs()
    actor = services.Actor(User.objects.create_user(f"owner of {job}"))
    name = f"{jobs.__name__}.{job}"
    return actor, services.create_task(actor, name=job, celery_task_name=name, start="manual")[0]
