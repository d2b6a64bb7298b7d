"""Document 004: the readme of a backend with FastAPI and Celery. Priorities are words."""

from tasks_app.api.compat.dialect import Translation, a_page, a_task
from tasks_app.api.compat.document_001 import WORDS
from tasks_app.states import Priority

DOCUMENT_004 = Translation(
    words=WORDS,
    priorities={priority: priority.name.lower() for priority in Priority},
    shapes={
        "task.create": a_task,
        "task.list": a_page,
        "task.retrieve": a_task,
        "task.partial_update": a_task,
        "task.cancel": a_task,
    },
)
