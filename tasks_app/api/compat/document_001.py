"""Document 001: a guide to a task system with FastAPI and Celery. Priorities are numbers."""

from tasks_app.api.compat.dialect import Translation, a_count, a_page, a_task
from tasks_app.states import Priority, Status

WORDS = {
    Status.PENDING: "pending",
    Status.STARTED: "running",
    Status.RETRY: "pending",
    Status.SUCCESS: "succeeded",
    Status.FAILURE: "failed",
    Status.REVOKED: "revoked",
    Status.SKIPPED: "revoked",
}
DOCUMENT_001 = Translation(
    words=WORDS,
    priorities={priority: priority.value for priority in Priority},
    shapes={
        "task.create": a_task,
        "task.list": a_page,
        "task.retrieve": a_task,
        "task.partial_update": a_task,
        "task.cancel": a_task,
        "task.count": a_count,
    },
)
