"""What workers can run. Importing this package is how Celery's autodiscovery finds every job."""

from tasks_app.jobs import common_tasks, document_tasks, high_priority_tasks, model_tasks

__all__ = ["common_tasks", "document_tasks", "high_priority_tasks", "model_tasks"]
