"""What workers can run. Importing this package is how Celery's autodiscovery finds every job."""

from tasks_app.jobs import (
    canary,
    common_tasks,
    document_tasks,
    embedding_tasks,
    high_priority_tasks,
    housekeeping,
    model_tasks,
)
from tasks_app.jobs.bases import DatabaseAwareTask, SQLAlchemyTask

__all__ = [
    "DatabaseAwareTask",
    "SQLAlchemyTask",
    "canary",
    "common_tasks",
    "document_tasks",
    "embedding_tasks",
    "high_priority_tasks",
    "housekeeping",
    "model_tasks",
]
