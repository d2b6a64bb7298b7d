"""The example tasks of `manage.py up --demo`, made once: their key knows them again."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.models import User

from tasks_app.exceptions import KeyTaken
from tasks_app.services import Actor, create_task
from tasks_app.states import Trigger

DEMO_TASKS: list[dict[str, Any]] = [
    {
        "key": "demo-document",
        "name": "Convert the long sample",
        "description": "Some hundred pages: watch its progress, then look at the result.",
        "task_type": "documents",
        "celery_task_name": "tasks_app.jobs.document_tasks.process_document",
        "kwargs": {"document_id": "doc-123", "options": {"format": "md"}},
    },
    {
        "key": "demo-embedding",
        "name": "Vectors of the world's territories",
        "description": "Real training in fifty epochs: watch the loss fall with the progress.",
        "task_type": "embeddings",
        "celery_task_name": "tasks_app.jobs.embedding_tasks.generate_embedding",
        "kwargs": {
            "task_id": "demo-embedding",
            "input_data": "path/to/data",
            "parameters": {"embedding_dim": 1024, "algorithm": "TransE"},
        },
    },
    {
        "key": "demo-long",
        "name": "Two minutes of waiting",
        "description": "Cancel it in the middle and see how fast it stops.",
        "task_type": "examples",
        "celery_task_name": "tasks_app.jobs.common_tasks.long_running_task",
        "kwargs": {"seconds": 120},
        "start": "manual",
    },
    {
        "key": "demo-urgent",
        "name": "Something urgent",
        "description": "Critical priority: it passes what waits in the other queues.",
        "task_type": "examples",
        "celery_task_name": "tasks_app.jobs.common_tasks.test_celery",
        "kwargs": {"word": "bell"},
        "priority": 4,
    },
    {
        "key": "demo-missing",
        "name": "A document that is not there",
        "description": "It fails: read why, and the traceback.",
        "task_type": "documents",
        "celery_task_name": "tasks_app.jobs.document_tasks.process_document",
        "kwargs": {"document_id": "no-such-document"},
        "max_retries": 0,
    },
    {
        "key": "demo-minutely",
        "name": "Every other minute",
        "description": "A crontab: see its next ticks, skip one, and read why it ran.",
        "task_type": "schedules",
        "celery_task_name": "tasks_app.jobs.common_tasks.test_celery",
        "kwargs": {"word": "tick"},
        "crontab": "*/2 * * * *",
        "overlap": "skip",
    },
]


def make_demo_tasks(owner: User) -> int:
    """Create those that are missing, as `owner`; answer how many that was."""
    actor, made = Actor(owner, Trigger.COMMAND), 0
    for task in DEMO_TASKS:
        with suppress(KeyTaken):
            create_task(actor, **task)
            made += 1
    return made
