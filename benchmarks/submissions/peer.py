"""The peer: a small service of FastAPI and Celery, as an afternoon's work looks.

It keeps tasks in a dictionary of its process, or in rows of PostgreSQL.
"""

import os
from threading import local
from typing import Any

import psycopg
from celery import Celery
from fastapi import FastAPI, HTTPException
from psycopg.types.json import Jsonb
from pydantic import BaseModel

celery_app = Celery("tasks", broker=os.environ.get("CELERY_BROKER_URL"))


@celery_app.task(name="tasks.generate_embedding")
def generate_embedding(task_id: str, input_data: str, parameters: dict[str, Any]) -> None:
    """Never run here: what is measured ends with the message."""


class Task(BaseModel):
    taskid: str
    task_name: str
    task_details: str
    input_data: str
    parameters: dict[str, Any]


class Dictionary:
    """Forgets everything at its process's end."""

    def __init__(self) -> None:
        self._tasks: dict[str, dict[str, Any]] = {}

    def add(self, taskid: str, task: dict[str, Any]) -> bool:
        """Keep the task; False if its id is taken."""
        return self._tasks.setdefault(taskid, task) is task


class Rows:
    """One committed INSERT for each task, on a connection that its thread keeps."""

    MAKE = "CREATE TABLE peer_tasks (id text PRIMARY KEY, task jsonb NOT NULL)"
    INSERT = "INSERT INTO peer_tasks VALUES (%s, %s) ON CONFLICT DO NOTHING"

    def __init__(self) -> None:
        self._kept = local()
        self._connection().execute(self.MAKE)

    def _connection(self) -> psycopg.Connection:
        if not hasattr(self._kept, "connection"):
            place = os.environ["PEER_DATABASE"]
            self._kept.connection = psycopg.connect(place, autocommit=True)
        connection: psycopg.Connection = self._kept.connection
        return connection

    def add(self, taskid: str, task: dict[str, Any]) -> bool:
        """Keep the task; False if its id is taken."""
        return self._connection().execute(self.INSERT, (taskid, Jsonb(task))).rowcount == 1


def with_dictionary() -> FastAPI:
    """Publishes on the event loop, as such services do."""
    app, store = FastAPI(), Dictionary()

    @app.put("/task/{taskid}")
    async def submit_task(taskid: str, task: Task) -> dict[str, Any]:
        return _submit(store, taskid, task)

    return app


def with_rows() -> FastAPI:
    """In threads, so that commits wait for the disk together."""
    app, store = FastAPI(), Rows()

    @app.put("/task/{taskid}")
    def submit_task(taskid: str, task: Task) -> dict[str, Any]:
        return _submit(store, taskid, task)

    return app


def _submit(store: Dictionary | Rows, taskid: str, task: Task) -> dict[str, Any]:
    kept = task.model_dump() | {"status": "pending"}
    if not store.add(taskid, kept):
        raise HTTPException(status_code=400, detail="Task already exists")
    generate_embedding.apply_async(args=[taskid, task.input_data, task.parameters], countdown=1)
    return {"status": "success", "task": kept}
