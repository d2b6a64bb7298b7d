"""What workers can run. Importing this package is how Celery's autodiscovery finds every job."""

from tasks_app.jobs import (
    common_tasks,
    document_tasks,
    embedding_tasks,
    high_priority_tasks,
    model_tasks,
)
from tasks_app.jobs.bases import DatabaseAwareTask, SQLAlchemyTask

__all__ = [
    "DatabaseAwareTask",
    "SQLAlchemyTask",
    "common_tasks",
    "document_tasks",
    "embedding_tasks",
    "high_priority_tasks",
    "model_tasks",
]
