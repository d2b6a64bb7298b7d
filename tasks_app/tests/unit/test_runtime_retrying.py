"""Other ways than `self.retry()` to ask for another try, and what other tries are given."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tasks_app import services
from tasks_app.models import TaskExecution
from tasks_app.services import Actor
from tasks_app.tests import ending_jobs, jobs
from tasks_app.tests.ageing import age
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver

pytestmark = pytest.mark.django_db


def called(job: Any, *args: Any) -> TaskExecution:
    know_the_tests_jobs()
    return TaskExecution.objects.get(pk=job.delay(*args).id)


def test_a_message_that_is_put_back_is_another_try_at_once_and_the_last_one_fails() -> None:
    execution = called(ending_jobs.put_back)

    deliver(execution)
    assert (execution.status, execution.failed_tries) == ("retry", 1)
    assert execution.run_at <= timezone.now()

    deliver(execution)
    assert (execution.status, execution.reason) == ("failure", "error")
    assert "put its message back: not now" in execution.error


def test_a_message_that_is_rejected_fails_its_run_in_the_child() -> None:
    execution = called(jobs.reject)

    deliver(execution)

    assert (execution.status, execution.error_type) == ("failure", "Reject")
    assert "in reject" in execution.traceback


def test_a_bare_retry_waits_as_long_as_it_says_and_counts() -> None:
    execution = called(ending_jobs.try_later)

    deliver(execution)
    assert (execution.status, execution.failed_tries) == ("retry", 1)
    assert timedelta(seconds=3) < execution.run_at - timezone.now() <= timedelta(seconds=6)

    age(6)
    deliver(execution)
    assert (execution.status, execution.error_type) == ("failure", "MaxRetriesExceededError")


def test_a_date_that_a_retry_gives_arrives_as_a_date_whoever_started_the_run(ada: User) -> None:
    know_the_tests_jobs()
    _, execution = services.create_task(
        Actor(ada), name="a day", celery_task_name=ending_jobs.day_after.name, args=[""]
    )
    assert execution is not None

    for _ in range(2):
        deliver(execution)

    assert (execution.status, execution.result) == ("success", 1)
