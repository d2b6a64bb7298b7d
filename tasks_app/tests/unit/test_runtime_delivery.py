"""A doorbell in the hands of a child: at most one body, and an outcome for it."""

import re
from datetime import timedelta
from typing import Any, Protocol

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import celery_app
from tasks_app import lifecycle, services
from tasks_app.lifecycle import Canceller, Claim
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.runtime.claims import begin
from tasks_app.runtime.soft import gate
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver, trace


class Run(Protocol):
    def __call__(self, job: str, *args: object, **fields: object) -> TaskExecution: ...


@pytest.fixture
def run(ada: User) -> Run:
    """Make an execution of one of the tests' jobs."""
    know_the_tests_jobs()

    def make(job: str, *args: object, **fields: Any) -> TaskExecution:
        name = f"tasks_app.tests.jobs.{job}"
        _, execution = services.create_task(
            Actor(ada), name=job, celery_task_name=name, args=list(args), **fields
        )
        assert execution is not None
        return execution

    return make


@pytest.mark.postgresql
def test_the_happy_path_is_one_insert_one_claim_and_one_outcome(run: Run, ada: User) -> None:
    task = run("count_to", 3).task
    with CaptureQueriesContext(connection) as queries:
        trace(services.execute_task(Actor(ada), task))

    verbs = [re.search("INSERT|SELECT|UPDATE|DELETE", query["sql"]) for query in queries]
    assert [verb and verb.group() for verb in verbs] == ["INSERT", "UPDATE", "UPDATE"]


def test_a_duplicate_of_a_finished_run_does_nothing(run: Run, tmp_path: Any) -> None:
    execution = run("once_only", str(tmp_path), 0)
    deliver(execution)
    finished_at = execution.finished_at

    deliver(execution)

    assert (execution.status, execution.finished_at) == ("success", finished_at)
    assert (tmp_path / "effects").read_text().count("\n") == 1


def test_a_duplicate_of_a_running_one_does_nothing(run: Run, tmp_path: Any) -> None:
    execution = run("once_only", str(tmp_path), 0)
    lifecycle.claim([Claim(execution.pk, uuid7())], worker="other", pid=1, lease=15)

    deliver(execution)

    assert (execution.status, execution.worker) == ("started", "other")
    assert not (tmp_path / "effects").exists()


def test_a_message_that_comes_early_does_nothing(run: Run, ada: User) -> None:
    execution = services.execute_task(Actor(ada), run("explode").task, countdown=60)

    deliver(execution)
    assert execution.status == "pending"

    age(60)
    deliver(execution)
    assert execution.status == "failure"


def test_a_cancelled_run_never_starts(run: Run, tmp_path: Any) -> None:
    execution = run("once_only", str(tmp_path), 0)
    lifecycle.cancel([execution.pk], Canceller(None))

    deliver(execution)

    assert execution.status == "revoked"
    assert not (tmp_path / "effects").exists()


def test_an_expired_run_is_ended_by_its_own_message(run: Run, tmp_path: Any) -> None:
    execution = run("once_only", str(tmp_path), 0, expires_after=60)
    age(61)

    deliver(execution)

    assert (execution.status, execution.reason) == ("revoked", "expired")


def test_arguments_come_from_the_row_and_not_from_the_message(run: Run) -> None:
    execution = run("count_to", 5)

    deliver(execution)

    assert execution.result == [1, 2, 3, 4, 5]


def test_a_job_with_a_free_task_id_is_given_that_of_its_task(run: Run) -> None:
    execution = run("tell")

    deliver(execution)

    assert execution.result["task_id"] == str(execution.task_id)


def test_a_task_id_that_the_caller_gave_is_left_alone(run: Run) -> None:
    execution = run("tell", kwargs={"task_id": "mine"})

    deliver(execution)

    assert execution.result["task_id"] == "mine"


def test_the_word_of_a_claim_that_was_overtaken_does_not_count(run: Run) -> None:
    execution = run("overtake_myself")

    deliver(execution)

    assert (execution.status, execution.reason) == ("failure", "lost")
    assert execution.result is None


def test_progress_that_was_not_yet_written_comes_with_the_outcome(run: Run) -> None:
    execution = run("tell")

    deliver(execution)

    assert (execution.progress, execution.progress_message) == (40, "nearly")
    assert execution.progress_data == {"step": 2}


def test_a_job_that_was_asked_to_stop_and_looks_is_revoked(
    transactional_db: None, run: Run
) -> None:
    execution = run("cancel_myself")

    deliver(execution)

    assert (execution.status, execution.reason) == ("revoked", "cancelled")


@pytest.mark.parametrize(
    "job, options, result",
    [
        ("unkept", {}, None),
        ("unkept", {"ignore_result": False}, 3),
        ("add", {"ignore_result": True}, None),
        ("add", {}, 3),
    ],
)
def test_ignore_result_drops_the_value_and_keeps_the_outcome(
    db: None, job: str, options: dict[str, bool], result: int | None
) -> None:
    know_the_tests_jobs()
    called: Any = celery_app.tasks[f"tasks_app.tests.canvas_jobs.{job}"]
    execution = TaskExecution.objects.get(pk=called.apply_async((1, 2), **options).id)

    deliver(execution)

    assert (execution.status, execution.result) == ("success", result)


@pytest.mark.parametrize("name", ["another.job", "app.worker.test_celery"])
def test_a_message_starts_no_run_of_another_job(run: Run, name: str) -> None:
    """Whoever can write to the broker could run any job on any row's arguments."""
    execution = run("count_to", 1)
    TaskExecution.objects.filter(pk=execution.pk).update(celery_task_name=name)

    trace(execution)

    assert TaskExecution.objects.get(pk=execution.pk).status == "pending"


def test_a_failure_says_what_and_where_and_what_it_is_like(run: Run) -> None:
    one, other = run("explode", "code 17 at 0x7f00"), run("explode", "code 18 at 0x7fff")
    deliver(one)
    deliver(other)

    assert (one.error, one.error_type) == ("ValueError: code 17 at 0x7f00", "ValueError")
    assert "in explode" in one.traceback
    assert one.fingerprint == other.fingerprint != ""


def test_a_retry_is_due_after_its_back_off(run: Run) -> None:
    execution = run("explode", max_retries=1, retry_backoff=30, retry_jitter=False)

    deliver(execution)

    assert (execution.status, execution.reason, execution.published_at) == (
        "retry",
        "back_off",
        None,
    )
    delay = execution.run_at - timezone.now()
    assert timedelta(seconds=28) < delay <= timedelta(seconds=31)


def test_the_last_try_of_a_policy_ends_the_run(run: Run) -> None:
    execution = run("explode", max_retries=1, retry_backoff=30)
    deliver(execution)
    age(31)

    deliver(execution)

    assert (execution.status, execution.attempt, execution.failed_tries) == ("failure", 2, 1)
    assert list(execution.attempts.values_list("number", "outcome")) == [
        (1, "failed"),
        (2, "failed"),
    ]


def test_the_policy_of_the_task_is_stronger_than_the_number_in_the_job(run: Run) -> None:
    execution = run("third_time_lucky", max_retries=1)
    for _ in range(2):
        deliver(execution)
        age(1)

    assert (execution.status, execution.attempt) == ("failure", 2)


def test_a_soft_limit_that_comes_during_the_claim_ends_the_run(
    transactional_db: None, run: Run, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = run("once_only", str(tmp_path), 0)

    def begin_late(request: Any, name: str) -> Any:
        gate.handler(0, None)
        return begin(request, name)

    monkeypatch.setattr("tasks_app.runtime.job.begin", begin_late)
    deliver(execution)

    assert (execution.status, execution.reason) == ("failure", "timeout")
    assert not (tmp_path / "effects").exists()


def test_a_soft_limit_that_comes_too_late_does_not_hit_the_next_run(run: Run) -> None:
    gate.handler(0, None)
    execution = run("count_to", 1)

    deliver(execution)

    assert execution.status == "success"


@pytest.mark.postgresql
def test_a_job_in_a_transaction_of_its_own_holds_no_lock_of_its_row(
    transactional_db: None, run: Run
) -> None:
    execution = run("report_in_a_transaction")

    deliver(execution)

    assert execution.result == "cancelled at once"


@pytest.mark.parametrize("percent", [float("nan"), float("inf")])
def test_progress_that_is_no_number_is_the_jobs_error(run: Run, percent: float) -> None:
    execution = run("say_progress", kwargs={"text": str(percent)})

    deliver(execution)

    assert (execution.status, execution.error_type) == ("failure", "ValueError")


def test_a_plain_celery_message_runs_without_a_row(ada: User) -> None:
    know_the_tests_jobs()
    job = celery_app.tasks["tasks_app.tests.jobs.count_to"]

    assert job.apply(args=(2,)).get() == [1, 2]
    assert job(2) == [1, 2]
    assert not TaskExecution.objects.exists()
