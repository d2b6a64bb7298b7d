"""What a worker's main process tells monitors such as Flower."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from billiard.einfo import ExceptionInfo
from celery.exceptions import Ignore

from config import celery_app
from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller
from tasks_app.models import Counter
from tasks_app.runtime import request
from tasks_app.runtime.exceptions import Dropped, Revoked
from tasks_app.runtime.request import LedgerRequest
from tasks_app.runtime.tally import Tally
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import trace
from tasks_app.tests.runs import a_run


class Message:
    """What kombu hands to a worker."""

    content_type, content_encoding = "application/json", "utf-8"
    delivery_info: dict[str, str] = {}
    properties: dict[str, str] = {}

    def __init__(self, job: str) -> None:
        self.headers = {"id": str(uuid4()), "task": job, "ledger": 1}
        self.body: Any = ([], {}, {})
        self.payload: Any = self.body


@pytest.fixture
def request_(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A request that keeps the names of the events it sends."""
    know_the_tests_jobs()
    job = celery_app.tasks["tasks_app.tests.canvas_jobs.add"]
    request: Any = LedgerRequest(Message(job.name), app=celery_app, task=job, decoded=True)
    request.sent = []
    monkeypatch.setattr(request, "send_event", lambda name, **_: request.sent.append(name))
    return request


def told(request: Any, error: Exception) -> list[str]:
    try:
        raise error
    except Ignore:
        request.on_failure(ExceptionInfo())
    return list(request.sent)


def test_monitors_hear_that_a_run_was_revoked(request_: Any) -> None:
    assert told(request_, Revoked("cancelled")) == ["task-revoked"]


def test_they_hear_nothing_of_a_duplicate(request_: Any) -> None:
    assert told(request_, Dropped("not claimable")) == []


@pytest.mark.parametrize("error, count", [(Dropped("not claimable"), 1), (Revoked("over"), None)])
def test_messages_that_were_dropped_are_counted(
    db: None, request_: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, count: int | None
) -> None:
    monkeypatch.setattr(request, "tally", tally := Tally())

    told(request_, error)
    tally.flush()

    assert Counter.objects.filter(name="dropped").values_list("value", flat=True).first() == count


def test_monitors_are_not_told_secrets() -> None:
    heard = []
    job = celery_app.tasks["tasks_app.tests.canvas_jobs.add"]
    eventer = SimpleNamespace(enabled=True, send=lambda name, **told: heard.append(told))
    asked = LedgerRequest(
        Message(job.name), app=celery_app, task=job, decoded=True, eventer=eventer
    )

    asked.send_event("task-succeeded", result="{'password': 'hunter2'}", runtime=0.5)

    assert heard == [{"uuid": asked.id, "result": "{'password': '***'}", "runtime": 0.5}]


def test_each_delivery_has_a_token_of_its_own(request_: Any) -> None:
    other = LedgerRequest(request_.message, app=celery_app, task=request_.task, decoded=True)

    assert request_.request_dict["claim_token"] != other.request_dict["claim_token"]


@pytest.mark.django_db
def test_a_message_of_a_cancelled_run_is_told_as_revoked() -> None:
    know_the_tests_jobs()
    run = a_run(celery_task_name="tasks_app.tests.canvas_jobs.add")
    lifecycle.cancel([run.pk], Canceller(None))

    assert isinstance(trace(run).info.retval, Revoked)


def test_a_message_ends_the_silence_of_its_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    monkeypatch.setattr("tasks_app.runtime.quiet.note", noted.append)
    message = Message("tasks_app.tests.canvas_jobs.add")
    message.delivery_info = {"exchange": "", "routing_key": "low_priority"}

    job = celery_app.tasks["tasks_app.tests.canvas_jobs.add"]
    LedgerRequest(message, app=celery_app, task=job)

    assert noted == ["low_priority"]
