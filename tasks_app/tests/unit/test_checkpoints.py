"""What an attempt saves, the next one finds: whatever ended the first."""

import signal
import time
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from kombu.exceptions import EncodeError

from config import celery_app
from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller, Claim, Failing
from tasks_app.models import TaskExecution
from tasks_app.runtime.checkpoints import LIMIT
from tasks_app.runtime.exceptions import Overtaken
from tasks_app.runtime.running import Running
from tasks_app.runtime.soft import gate
from tasks_app.states import OnLost, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.runs import LEASE, a_claim, a_run, a_zombie_on, now_of
from tasks_app.tests.unit.admin import Staff
from tasks_app.tests.unit.api import Program

pytestmark = pytest.mark.django_db
JOBS = "tasks_app.tests.jobs"


def running(**columns: Any) -> Running:
    """An attempt in this process."""
    run = a_run(**columns)
    return Running(a_claim(run), now_of(run), time.monotonic())


def saved_of(attempt: Running) -> Any:
    return now_of(attempt.execution).checkpoint


def test_a_checkpoint_is_written_at_once_and_proves_the_lease() -> None:
    attempt = running()
    leased_until = now_of(attempt.execution).lease_until
    age(10)

    attempt.save({"epoch": 3, "loss": 0.25})

    assert saved_of(attempt) == {"epoch": 3, "loss": 0.25}
    assert now_of(attempt.execution).lease_until > leased_until


def test_a_checkpoint_brings_the_wish_to_stop() -> None:
    attempt = running()
    lifecycle.cancel([attempt.claim.id], Canceller(None))

    attempt.save({"epoch": 3})

    assert attempt.is_cancelled()


def test_a_run_that_is_somebody_elses_saves_nothing() -> None:
    attempt = running()
    zombie = Running(a_zombie_on(attempt.execution), attempt.execution, time.monotonic())

    with pytest.raises(Overtaken):
        zombie.save({"epoch": 3})

    assert saved_of(attempt) is None


def test_what_is_too_large_is_refused_in_bytes() -> None:
    attempt = running()
    attempt.save("x" * (LIMIT - 2))

    with pytest.raises(ValueError, match="The checkpoint has 65537 bytes"):
        attempt.save("x" * (LIMIT - 1))
    with pytest.raises(ValueError, match="write them to a file"):
        attempt.save("ä" * (LIMIT // 2))

    assert saved_of(attempt) == "x" * (LIMIT - 2)


def test_what_is_no_json_is_refused_as_a_result_is() -> None:
    with pytest.raises(EncodeError, match="The checkpoint cannot be kept"):
        running().save({"model": object()})


def test_no_checkpoint_is_saved_inside_a_transaction_of_the_job() -> None:
    attempt = running()

    with transaction.atomic(), pytest.raises(RuntimeError, match="outside of transaction"):
        attempt.save({"epoch": 3})

    assert saved_of(attempt) is None


def fail_and_retry(claim: Claim) -> None:
    lifecycle.retry(claim, 0, Failing("it broke"))


ENDS_OF_AN_ATTEMPT = {
    "a failed try": fail_and_retry,
    "a lost worker": lifecycle.lose,
    "a shutdown": lifecycle.give_back,
}


@pytest.mark.parametrize("how", list(ENDS_OF_AN_ATTEMPT))
def test_the_next_attempt_finds_what_was_saved(how: str) -> None:
    attempt = running(on_lost=OnLost.RETRY)
    attempt.save({"epoch": 3})

    ENDS_OF_AN_ATTEMPT[how](attempt.claim)
    age(600)

    claim = Claim(attempt.claim.id, uuid4())
    [again] = lifecycle.claim([claim], worker="w", pid=1, lease=LEASE)
    assert (again.attempt, again.checkpoint) == (2, {"epoch": 3})


def test_the_last_checkpoint_stays_with_a_run_that_failed() -> None:
    attempt = running()
    attempt.save({"epoch": 3})

    lifecycle.fail(attempt.claim, Reason.ERROR, Failing("it broke"))

    assert saved_of(attempt) == {"epoch": 3}


def an_execution_of(job: str, *args: object) -> TaskExecution:
    know_the_tests_jobs()
    return a_run(celery_task_name=f"{JOBS}.{job}", args=list(args), on_lost=OnLost.RETRY)


def test_a_job_goes_on_where_it_fell() -> None:
    execution = an_execution_of("climb", 5, [2, 4])

    for _ in range(3):
        deliver(execution)

    assert (execution.status, execution.attempt) == ("success", 3)
    assert execution.result == {"began_at": 4, "saved": {"step": 5}}


def test_what_a_job_reads_is_a_copy() -> None:
    know_the_tests_jobs()
    attempt = running()
    attempt.save({"epoch": 3})
    job: Any = celery_app.tasks[f"{JOBS}.climb"]
    job.push_request(running=attempt)
    try:
        job.checkpoint["epoch"] = 4
        assert job.checkpoint == {"epoch": 3}
    finally:
        job.pop_request()


def test_without_a_row_a_checkpoint_lives_as_long_as_its_request() -> None:
    know_the_tests_jobs()
    job = celery_app.tasks[f"{JOBS}.climb"]
    told = {"began_at": 0, "saved": {"step": 3}}

    assert job.apply(args=(3, [])).get() == told
    assert job(3, []) == told
    assert not TaskExecution.objects.exists()


@pytest.mark.postgresql
def test_a_soft_limit_that_cuts_a_query_still_lets_the_job_save(
    transactional_db: None, ada: User
) -> None:
    execution = an_execution_of("save_at_the_limit", 5)
    before = signal.signal(signal.SIGALRM, gate.handler)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        deliver(execution)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert (execution.status, execution.reason) == ("failure", "timeout")
    assert execution.checkpoint == {"saved": "at the limit"}


def test_people_and_programs_see_a_checkpoint_without_its_secrets(root: User) -> None:
    saved = {"page": 17, "password": "hunter-22"}
    run = a_run(Status.STARTED, owner=root, checkpoint=saved)

    shown = Program(root).get(f"executions/{run.pk}/").json()["checkpoint"]
    page = unescape(Staff(root).reads(f"/taskexecution/{run.pk}/change/"))

    assert shown == {"page": 17, "password": "***"}
    assert '"page": 17' in page
    assert "hunter-22" not in page
    assert now_of(run).checkpoint == saved
