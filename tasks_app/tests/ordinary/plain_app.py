"""The same jobs on plain Celery with results in Redis, for comparison."""

import os

from celery import Celery
from celery.signals import task_received
from kombu.utils import json

app = Celery(
    "plain",
    broker=os.environ["PLAIN_BROKER_URL"],
    backend=os.environ["PLAIN_RESULTS_URL"],
    include=["tasks_app.tests.ordinary.jobs"],
)
app.conf.update(broker_connection_retry_on_startup=True)
app.set_default()


@task_received.connect
def _note_call(request: object = None, **_: object) -> None:
    """Each delivery with its arguments, for those who compare calls."""
    args, kwargs, _embed = request.message.payload  # type: ignore[attr-defined]
    call = [request.id, request.name, args, kwargs]  # type: ignore[attr-defined]
    with open(os.path.join(os.environ["ORDINARY_FOLDER"], "calls"), "a") as calls:  # noqa: PTH118, PTH123
        calls.write(json.dumps(call) + "\n")
