"""Fill the registry: every job that autodiscovery finds, in every process that loads Django."""

import inspect
from functools import partial

from celery import Celery, Task

from tasks_app import registry
from tasks_app.runtime.canvas.following import follow
from tasks_app.runtime.routes import queue_of, routed_queue


def fill_registry(app: Celery) -> None:
    """Import the jobs and register them; `celery.*` built-ins stay plain Celery.

    Whatever ends a run in this process also knows how to submit what waits for its end.
    """
    app.autodiscover_tasks(force=True)
    app.autodiscover_tasks(["tasks_app"], related_name="jobs", force=True)
    app.finalize(auto=True)
    for name, task in app.tasks.items():
        if not name.startswith("celery."):
            registry.register(_describe(app, name, task))
    registry.follow_with(partial(follow, app))


def is_job(app: Celery, name: str) -> bool:
    """Whether calls of this name get a row. A job that was imported after the start, from a module
    that autodiscovery does not look for, is made known here."""
    if registry.find(name) is not None:
        return True
    job = None if name.startswith("celery.") else app.tasks.get(name)
    if job is not None:
        registry.register(_describe(app, name, job))
    return job is not None


def _describe(app: Celery, name: str, task: Task) -> registry.RegisteredJob:
    doc = inspect.getdoc(task.run) or ""
    return registry.RegisteredJob(
        name=name,
        doc=doc.partition("\n")[0],
        signature=inspect.signature(task.run),
        idempotent=bool(getattr(task, "idempotent", False)),
        queue=queue_of({"queue": getattr(task, "queue", None)}) or routed_queue(app, name),
    )
