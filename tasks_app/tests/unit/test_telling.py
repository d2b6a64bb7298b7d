"""What jobs tell by `update_state`: progress with any meta, or how they ended."""

from typing import Any

import pytest

from config import celery_app
from tasks_app.models import TaskExecution
from tasks_app.tests import ending_jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver

pytestmark = pytest.mark.django_db


def ran(job: Any, *args: Any) -> TaskExecution:
    know_the_tests_jobs()
    run = TaskExecution.objects.get(pk=job.delay(*args).id)
    deliver(run)
    return run


@pytest.mark.parametrize(
    "meta, info, percent",
    [
        ({"current": None, "total": 10}, {"current": None, "total": 10}, 0),
        ({"current": 3, "total": 0}, {"current": 3, "total": 0}, 0),
        ({"current": "3", "total": "10"}, {"current": "3", "total": "10"}, 0),
        ({"progress": "50%"}, {"progress": "50%"}, 0),
        ({"percent": 25}, {"percent": 25}, 25),
        ({"progress": 400}, {"progress": 400}, 100),
        ("halfway", {"meta": "halfway"}, 0),
        ([1, 2], {"meta": [1, 2]}, 0),
        (None, {}, 0),
    ],
)
def test_no_meta_fails_a_job_and_its_state_is_read_back(
    meta: Any, info: Any, percent: float
) -> None:
    run = ran(ending_jobs.tell_meta, meta)

    assert (run.status, run.result) == ("success", ["READING", info])
    assert run.progress == percent


def test_the_sentence_of_a_meta_is_the_message_of_the_progress() -> None:
    run = ran(ending_jobs.tell_meta, {"status": "page 4", "progress": 40})

    assert (run.progress, run.progress_message) == (40, "page 4")


@pytest.mark.parametrize(
    "meta, error",
    [
        ({"exc_type": "Jam", "exc_message": "page 4"}, "Jam: page 4"),
        ({"exc_type": "Jam", "exc_message": ["page", 4]}, "Jam: page, 4"),
        ({"page": 4}, "Failure"),
        ("page 4", "Failure: page 4"),
        (None, "Failure"),
    ],
)
def test_a_job_that_told_failure_and_ignores_itself_has_failed(meta: Any, error: str) -> None:
    run = ran(ending_jobs.end_oneself, "FAILURE", meta)

    assert (run.status, run.reason, run.error) == ("failure", "error", error)
    assert celery_app.AsyncResult(str(run.pk)).state == "FAILURE"


def test_a_job_that_told_success_and_ignores_itself_has_succeeded() -> None:
    run = ran(ending_jobs.end_oneself, "SUCCESS", {"pages": 3, "password": "hunter2"})

    assert (run.status, run.result) == ("success", {"pages": 3, "password": "***"})
    assert celery_app.AsyncResult(str(run.pk)).state == "SUCCESS"


def test_a_job_that_told_progress_and_ignores_itself_is_ignored() -> None:
    run = ran(ending_jobs.end_oneself, "READING", None)

    assert (run.status, run.reason) == ("revoked", "ignored")
