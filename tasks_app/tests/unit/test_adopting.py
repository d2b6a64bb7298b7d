"""Messages that another producer made: each gets its row before its body runs, or is refused."""

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from celery.app.trace import build_tracer
from django.conf import LazySettings
from django.db import OperationalError
from django.utils import timezone
from django_celery_results.models import TaskResult

from config import celery_app
from tasks_app import lifecycle, services
from tasks_app.models import Control, TaskExecution
from tasks_app.runtime.request import LedgerRequest
from tasks_app.tests.canvases import jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver, run_all
from tasks_app.tests.runs import a_run

pytestmark = pytest.mark.django_db


class Message:
    """What kombu hands to a worker."""

    content_type, content_encoding = "application/json", "utf-8"
    delivery_info = {"routing_key": "default", "exchange": ""}

    def __init__(self, headers: dict[str, Any], body: Any, priority: int) -> None:
        self.headers, self.body, self.payload = headers, body, body
        self.properties = {"priority": priority}


def receive(job: Any, *args: Any, priority: int = 0, embed: Any = None, **headers: Any) -> str:
    """A worker's main process takes a plain message, and its child runs it."""
    know_the_tests_jobs()
    told = {"id": str(uuid4()), "task": job.name, **headers}
    body: Any = (list(args), {}, embed or {})
    request = LedgerRequest(
        Message(told, body, priority), app=celery_app, task=job, decoded=True, body=body
    )
    facts = {**request.request_dict, **(embed or {})}
    build_tracer(job.name, job, app=celery_app)(told["id"], list(args), {}, facts)
    return str(told["id"])


def row(task_id: str) -> TaskExecution:
    return TaskExecution.objects.get(pk=task_id)


def test_a_foreign_message_becomes_a_row_and_runs() -> None:
    adopted = row(receive(jobs.add, 1, 2))

    assert (adopted.status, adopted.result, adopted.args) == ("success", 3, [1, 2])
    assert (adopted.trigger, adopted.queue, adopted.attempt) == ("code", "default", 1)


def test_its_duplicate_does_not_run() -> None:
    first = receive(jobs.at_the_second_try, 5)
    receive(jobs.at_the_second_try, 6, id=first)
    run_all()

    assert (row(first).status, row(first).result) == ("success", 5)


def test_what_the_message_says_is_held_in_the_row() -> None:
    expires = timezone.now() + timedelta(hours=1)
    adopted = row(
        receive(jobs.add, priority=3, expires=expires.isoformat(), timelimit=[20, 9.5], retries=2)
    )

    assert (adopted.priority, adopted.expires_at) == (3, expires)
    assert (adopted.time_limit, adopted.soft_time_limit) == (20, 10)
    assert adopted.failed_tries == 2


def test_a_producer_that_names_no_priority_gets_the_usual_one() -> None:
    assert row(receive(jobs.add)).priority == 2


def test_what_waits_for_a_foreign_run_is_submitted_with_its_end() -> None:
    callback = dict(jobs.add.s(10))
    first = receive(jobs.add, 1, 2, embed={"callbacks": [callback], "chain": [], "chord": None})
    run_all()

    (following,) = TaskExecution.objects.filter(parent_id=UUID(first))
    assert following.result == 13


def test_arguments_that_do_not_fit_are_the_runs_own_error() -> None:
    adopted = row(receive(jobs.one_argument))

    assert (adopted.status, adopted.error_type) == ("failure", "TypeError")


def refused(task_id: str) -> str:
    """The sentence that the maker of a refused message reads."""
    assert not TaskExecution.objects.exists()
    assert Control.objects.get().refused_messages == 1
    return str(celery_app.AsyncResult(task_id).result)


def test_an_id_that_is_no_uuid_is_refused_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    assert "must be a UUID" in refused(receive(jobs.add, 1, id="mine"))
    assert "refused: The id of a message must be a UUID" in caplog.text


def test_what_cannot_be_kept_is_refused_and_counted() -> None:
    assert "NUL" in refused(receive(jobs.one_argument, "\0"))


@pytest.mark.parametrize("limits", [["x", None], [-5, None], [None, -5], [10**11, None]])
def test_an_impossible_limit_is_refused_and_counted(limits: list[Any]) -> None:
    assert "cannot be kept" in refused(receive(jobs.add, 1, timelimit=limits))


def test_fewer_than_no_failed_tries_are_none() -> None:
    adopted = row(receive(jobs.add, 1, retries=-1))

    assert (adopted.status, adopted.failed_tries) == ("success", 0)


def test_a_hardened_installation_refuses_every_foreign_message(settings: LazySettings) -> None:
    settings.REFUSE_FOREIGN_MESSAGES = True

    assert "not made by Belfry" in refused(receive(jobs.add, 1))


def test_celerys_own_jobs_stay_plain() -> None:
    mapped = {"task": dict(jobs.add.s()), "it": [[1, 2], [3, 4]]}
    job = celery_app.tasks["celery.starmap"]
    task_id = str(uuid4())
    facts = {"id": task_id, "task": job.name, "delivery_info": {}}
    build_tracer(job.name, job, app=celery_app)(task_id, [], mapped, facts)

    assert TaskResult.objects.get(task_id=task_id).result == "[3, 7]"
    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize("by_schedule", [True, False])
def test_one_of_celerys_own_jobs_that_a_schedule_fires_has_a_row(by_schedule: bool) -> None:
    job = "celery.backend_cleanup"
    execution = a_run(celery_task_name=job)
    headers = {"ledger": 1} if by_schedule else {"ledger": None}
    deliver(execution, **headers)

    assert execution.status == ("success" if by_schedule else "pending")
    told = {"id": str(execution.pk), "task": job, **headers}
    request = LedgerRequest(
        Message(told, ([], {}, {}), 0), app=celery_app, task=celery_app.tasks[job], decoded=True
    )
    assert ("claim_token" in request.request_dict) is by_schedule


def test_adopting_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is acknowledged: giving up would lose it."""
    adopt = services.adopt_call
    waits: list[float] = []

    def away_at_first(call: services.Call) -> None:
        if len(waits) < 3:
            raise OperationalError("the server is starting up")
        adopt(call)

    monkeypatch.setattr(services, "adopt_call", away_at_first)
    # Not everybody's: the heartbeat's threads of an earlier test sleep too.
    clock = SimpleNamespace(sleep=waits.append, monotonic=time.monotonic)
    monkeypatch.setattr("tasks_app.models.connection.time", clock)

    _outside_of_a_transaction(monkeypatch)
    assert row(receive(jobs.add, 2, 2)).result == 4
    assert len(waits) == 3


def _outside_of_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """`steady` repeats nothing inside a transaction, and the test is in one."""
    from tasks_app.models import connection as module

    class Connection:
        in_atomic_block = False
        close = close_if_unusable_or_obsolete = staticmethod(lambda: None)

    monkeypatch.setattr(module, "connection", Connection())


def test_a_hard_limit_of_an_adopted_run_is_decided_with_its_own_claim() -> None:
    know_the_tests_jobs()
    told = {"id": str(uuid4()), "task": jobs.add.name}
    body: Any = ([1], {}, {})
    request = LedgerRequest(
        Message(told, body, 0), app=celery_app, task=jobs.add, decoded=True, body=body
    )
    services.adopt_call(services.Call(job=jobs.add.name, args=[1], id=UUID(told["id"])))
    claim = lifecycle.Claim(row(told["id"]).pk, request.request_dict["claim_token"])
    lifecycle.claim([claim], worker="w", pid=1, lease=15)

    request.on_timeout(soft=False, timeout=1)

    assert (row(told["id"]).status, row(told["id"]).reason) == ("failure", "timeout")
