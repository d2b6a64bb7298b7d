"""Fill the registry: every job that autodiscovery finds, in every process that loads Django."""

import inspect

from celery import Celery, Task

from tasks_app import registry


def fill_registry(app: Celery) -> None:
    """Import the jobs and register them; `celery.*` built-ins stay plain Celery."""
    app.autodiscover_tasks(force=True)
    app.autodiscover_tasks(["tasks_app"], related_name="jobs", force=True)
    app.finalize(auto=True)
    for name, task in app.tasks.items():
        if not name.startswith("celery."):
            registry.register(_describe(name, task))


def _describe(name: str, task: Task) -> registry.RegisteredJob:
    doc = inspect.getdoc(task.run) or ""
    return registry.RegisteredJob(
        name=name,
        doc=doc.partition("\n")[0],
        signature=inspect.signature(task.run),
        idempotent=bool(getattr(task, "idempotent", False)),
        queue=getattr(task, "queue", None) or "",
    )
