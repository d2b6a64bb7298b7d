"""`AsyncResult` of a managed execution is read from its row."""

from typing import Any
from uuid import uuid4

import pytest
from celery.exceptions import TaskRevokedError, WorkerLostError
from django_celery_results.models import TaskResult

from config import celery_app
from tasks_app.models import TaskExecution
from tasks_app.runtime.backend import LedgerBackend
from tasks_app.states import Reason, Status
from tasks_app.tests.runs import a_run

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
