"""What is compared: two paths of our API, and the peer that keeps tasks in two ways.

All submit the same work: the same job with the same arguments.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from psycopg.conninfo import make_conninfo

from benchmarks.submissions.names import CREATE, DICTIONARY, EXECUTE, ROWS
from benchmarks.submissions.orders import NUMBER, Order, order
from tasks_app import services
from tasks_app.management.supervisor import programs
from tasks_app.management.supervisor.options import Options
from tasks_app.models import ApiToken, TaskExecution
from tasks_app.services import Actor

CONNECTIONS = 16
WORDS = {"name": "Generate Embedding", "details": "Generate embedding using TransE"}
JOB = "tasks_app.jobs.embedding_tasks.generate_embedding"
INPUT = {
    "input_data": "path/to/data",
    "parameters": {"embedding_dim": 1024, "algorithm": "TransE"},
}


class Contender(NamedTuple):
    """How it is started on a port, what is sent to it, and how many rows it has written so far.

    `rows` is None where it writes none.
    """

    command: Callable[[int], Sequence[str]]
    environment: Mapping[str, str]
    orders: Callable[[], list[Order]]
    rows: Callable[[], int] | None


def contender(name: str) -> Contender:
    """The contender of that name."""
    return {
        EXECUTE: lambda: _ours(_executions),
        CREATE: lambda: _ours(_creations),
        DICTIONARY: lambda: _peer("with_dictionary", None),
        ROWS: lambda: _peer("with_rows", _rows_of_peer),
    }[name]()


def _ours(orders: Callable[[], list[Order]]) -> Contender:
    """The web server as `manage.py up` starts it, with the two processes of the container."""
    told = programs.environment(Options(), settings.CELERY_BROKER_URL)
    return Contender(
        lambda port: programs.web(Options(port=port), told).command,
        {**told, "LOG_LEVEL": "INFO", "WEB_CONCURRENCY": "2"},
        orders,
        TaskExecution.objects.count,
    )


def _executions() -> list[Order]:
    """Each connection executes a task of its own, again and again."""
    actor, token = _person()
    return [
        order("POST", f"/api/v1/tasks/{_defined(actor)}/execute/", token=token)
        for _ in range(CONNECTIONS)
    ]


def _defined(actor: Actor) -> Any:
    task, _ = services.create_task(actor, **_task("embedding"), start="manual")
    return task.pk


def _creations() -> list[Order]:
    _, token = _person()
    return [order("POST", "/api/v1/tasks/", _task(NUMBER), token)] * CONNECTIONS


def _task(task_id: str) -> dict[str, Any]:
    return {
        "name": WORDS["name"],
        "description": WORDS["details"],
        "celery_task_name": JOB,
        "kwargs": {"task_id": task_id, **INPUT},
    }


def _person() -> tuple[Actor, str]:
    user = User.objects.create_user("somebody")
    _, token = ApiToken.objects.create(user=user, name="benchmark")
    return Actor(user), token


def _peer(factory: str, rows: Callable[[], int] | None) -> Contender:
    """Without a line in the log for each request, as our web server has none either."""
    place = f"benchmarks.submissions.peer:{factory}"
    quiet = ("--no-access-log", "--log-level", "warning")
    database = connection.settings_dict
    told = {"host": database["HOST"], "user": database["USER"], "dbname": database["NAME"]}
    return Contender(
        lambda port: (
            *(sys.executable, "-m", "uvicorn", place, "--factory", "--port", str(port)),
            *quiet,
        ),
        {"PEER_DATABASE": make_conninfo(**told)},
        lambda: [_peers_order()] * CONNECTIONS,
        rows,
    )


def _peers_order() -> Order:
    body = {"taskid": NUMBER, "task_name": WORDS["name"], "task_details": WORDS["details"]}
    return order("PUT", f"/task/{NUMBER}", body | INPUT)


def _rows_of_peer() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM peer_tasks")
        [count] = cursor.fetchone()
    return int(count)
