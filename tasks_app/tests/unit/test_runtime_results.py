"""`AsyncResult` of a managed execution is read from its row."""

import time
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import celery.exceptions
import pytest
from celery.app.task import Context
from celery.exceptions import TaskRevokedError, WorkerLostError
from django.db.models.functions import Now
from django_celery_results.models import TaskResult

from config import celery_app
from tasks_app.models import TaskExecution
from tasks_app.runtime.backend import LedgerBackend
from tasks_app.states import Reason, Status
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.runs import a_run, now_of

pytestmark = pytest.mark.django_db


def result_of(status: Status, **columns: Any) -> Any:
    return celery_app.AsyncResult(str(a_run(status, **columns).pk))


@pytest.mark.parametrize(
    "status, word",
    [
        (Status.PENDING, "PENDING"),
        (Status.STARTED, "STARTED"),
        (Status.RETRY, "RETRY"),
        (Status.SUCCESS, "SUCCESS"),
        (Status.FAILURE, "FAILURE"),
        (Status.REVOKED, "REVOKED"),
        (Status.SKIPPED, "REVOKED"),
    ],
)
def test_every_state_has_celerys_word(status: Status, word: str) -> None:
    assert result_of(status).state == word


def test_a_success_gives_its_result() -> None:
    assert result_of(Status.SUCCESS, result={"pages": 3}).get(timeout=1) == {"pages": 3}


def test_a_date_in_a_result_is_a_date_again() -> None:
    stored = {"__type__": "date", "__value__": "2026-03-01"}

    assert str(result_of(Status.SUCCESS, result=stored).get(timeout=1)) == "2026-03-01"


def test_a_failure_raises_an_error_of_its_class_and_words() -> None:
    result = result_of(
        Status.FAILURE, error="ValueError: no powder", error_type="ValueError", traceback="at …"
    )

    with pytest.raises(ValueError, match=r"^no powder$"):
        result.get(timeout=1)
    assert result.traceback == "at …"


def test_a_lost_run_raises_too() -> None:
    columns = {"reason": Reason.LOST, "error": "gone", "error_type": "WorkerLostError"}
    result = result_of(Status.FAILURE, **columns)

    with pytest.raises(WorkerLostError, match="gone"):
        result.get(timeout=1)


def test_a_cancelled_run_says_so() -> None:
    with pytest.raises(TaskRevokedError, match="cancelled"):
        result_of(Status.REVOKED, reason=Reason.CANCELLED).get(timeout=1)


def test_a_running_one_tells_its_progress() -> None:
    info = result_of(Status.STARTED, progress=40, progress_message="page 4").info

    assert (info["progress"], info["message"]) == (40, "page 4")


def test_facts_of_the_row_come_with_it() -> None:
    result = result_of(Status.SUCCESS, args=[1], queue="nightly", failed_tries=2)

    assert (result.args, result.queue, result.retries) == ([1], "nightly", 2)


@pytest.mark.parametrize("name", ["nope", "0190a000-0000-7000-8000-000000000000"])
def test_an_id_without_a_row_is_pending_as_in_celery(name: str) -> None:
    assert celery_app.AsyncResult(name).state == "PENDING"
    assert not TaskExecution.objects.exists()


def test_another_result_backend_serves_what_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery_app.conf, "result_backend", "cache+memory://")
    backend = LedgerBackend(celery_app)
    plain, row = str(uuid4()), a_run(Status.SUCCESS, result=3)

    backend.store_result(plain, 17, "SUCCESS")

    assert backend.get_result(plain) == 17
    assert backend.get_result(str(row.pk)) == 3
    assert not TaskResult.objects.exists()


def test_get_looks_often_at_first_and_then_at_its_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = a_run()
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 15:
            TaskExecution.objects.filter(pk=run.pk).update(status="success", finished_at=Now())

    clock = SimpleNamespace(sleep=wait, monotonic=time.monotonic)
    monkeypatch.setattr("tasks_app.runtime.reading.time", clock)
    celery_app.AsyncResult(str(run.pk)).get(interval=0.4)

    assert pauses[0] == 0.02
    assert pauses == sorted(pauses)
    assert pauses[-1] == 0.4


def test_get_gives_up_when_its_time_is_over() -> None:
    with pytest.raises(celery.exceptions.TimeoutError):
        result_of(Status.PENDING).get(timeout=0)


def test_forget_drops_the_value_and_never_the_outcome() -> None:
    run = a_run(Status.SUCCESS, result={"pages": 3})

    celery_app.AsyncResult(str(run.pk)).forget()

    assert (now_of(run).status, now_of(run).result) == ("success", None)


def test_forget_of_what_has_no_row_is_celerys_own() -> None:
    plain = str(uuid4())
    LedgerBackend(celery_app).store_result(plain, 17, "SUCCESS")

    celery_app.AsyncResult(plain).forget()

    assert not TaskResult.objects.exists()


def test_what_a_run_caused_are_its_children() -> None:
    run = a_run(Status.SUCCESS)
    child = a_run(parent=run)

    result: Any = celery_app.AsyncResult(str(run.pk))

    assert [each.id for each in result.children] == [str(child.pk)]


@pytest.mark.django_db(transaction=True)
def test_update_state_is_read_back_in_the_jobs_own_words() -> None:
    know_the_tests_jobs()
    run = a_run(celery_task_name="tasks_app.tests.canvas_jobs.tell_state")
    deliver(run)

    assert (run.progress, run.progress_message) == (30, "READING")
    assert run.result == ["READING", {"current": 3, "total": 10}]


def test_a_job_cannot_end_itself_by_update_state() -> None:
    know_the_tests_jobs()
    run = a_run(
        celery_task_name="tasks_app.tests.canvas_jobs.tell_state", kwargs={"state": "SUCCESS"}
    )
    deliver(run)

    assert run.result[0] == "STARTED"


def test_what_is_read_in_a_transaction_is_not_kept_for_later_readers() -> None:
    run = a_run(Status.SUCCESS, result=1)
    backend = LedgerBackend(celery_app, max_cached_results=10)
    backend.get_task_meta(str(run.pk))

    TaskExecution.objects.filter(pk=run.pk).update(result=2)

    assert backend.get_task_meta(str(run.pk))["result"] == 2


def test_a_running_one_that_a_worker_was_told_to_terminate_is_revoked() -> None:
    run = a_run(Status.STARTED)

    _terminate(run, run.claim_token)

    assert (now_of(run).status, now_of(run).reason) == ("revoked", "cancelled")


def test_a_worker_that_terminates_what_is_somebody_elses_by_now_revokes_nothing() -> None:
    run = a_run(Status.STARTED)

    _terminate(run, uuid4())

    assert now_of(run).status == "started"
    assert now_of(run).cancel_requested_at


def _terminate(run: TaskExecution, token: Any) -> None:
    request = Context(id=str(run.pk), claim_token=str(token))
    celery_app.backend.mark_as_revoked(str(run.pk), "terminated", request=request)
