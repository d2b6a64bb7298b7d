"""Which errors an operator lets be tried again, whatever the job's own code says of retries."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tasks_app import services
from tasks_app.models import TaskExecution
from tasks_app.runtime.named_errors import is_named
from tasks_app.services import Actor
from tasks_app.tests import failing_jobs
from tasks_app.tests.ageing import age
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.failing_jobs import NoPowder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_jobs() -> None:
    know_the_tests_jobs()


def tried(owner: User, job: Any, *args: Any, **policies: Any) -> TaskExecution:
    """A run of a task with these policies, after its first try."""
    _, run = services.create_task(
        Actor(owner), name="x", celery_task_name=job.name, args=list(args), **policies
    )
    assert run
    deliver(run)
    return run


@pytest.mark.parametrize(
    "names, is_meant",
    [
        (["NoPowder"], True),
        (["tasks_app.tests.failing_jobs.NoPowder"], True),
        (["LookupError"], True),
        (["builtins.LookupError"], True),
        (["Exception"], True),
        (["KeyError", "NoPowder"], True),
        (["KeyError"], False),
        (["failing_jobs.NoPowder"], False),
        (["nopowder"], False),
        ([], False),
        (None, False),
    ],
)
def test_an_error_is_meant_by_its_class_or_a_base_bare_or_after_its_module(
    names: list[str] | None, is_meant: bool
) -> None:
    assert is_named(NoPowder(), names) is is_meant


@pytest.mark.parametrize(
    "policies, status",
    [
        ({}, "retry"),
        ({"retry_on": ["LookupError"]}, "retry"),
        ({"retry_on": ["OSError"]}, "failure"),
        ({"fail_on": ["NoPowder"]}, "failure"),
        ({"fail_on": ["OSError"]}, "retry"),
        ({"retry_on": ["LookupError"], "fail_on": ["NoPowder"]}, "failure"),
    ],
)
def test_the_policy_says_which_errors_are_tried_again(
    ada: User, policies: dict[str, Any], status: str
) -> None:
    run = tried(ada, failing_jobs.fail_as, "powder", max_retries=3, **policies)

    assert run.status == status
    if status == "failure":
        assert (run.reason, run.error_type, run.attempt) == ("error", "NoPowder", 1)


def test_the_cause_of_an_error_is_not_meant(ada: User) -> None:
    run = tried(ada, failing_jobs.fail_because, "powder", max_retries=3, fail_on=["NoPowder"])

    assert run.status == "retry"


def test_without_a_number_of_tries_the_policy_repeats_nothing(ada: User) -> None:
    assert tried(ada, failing_jobs.fail_as, "powder", retry_on=["NoPowder"]).status == "failure"


def test_fail_on_is_stronger_than_what_celery_is_told_to_retry(ada: User) -> None:
    assert tried(ada, failing_jobs.let_celery_retry, "value").status == "retry"

    run = tried(ada, failing_jobs.let_celery_retry, "value", fail_on=["ValueError"])

    assert (run.status, run.reason, run.error_type) == ("failure", "error", "ValueError")


def test_retry_on_does_not_bind_what_celery_is_told_to_retry(ada: User) -> None:
    run = tried(ada, failing_jobs.let_celery_retry, "value", retry_on=["OSError"])

    assert run.status == "retry"


@pytest.mark.parametrize("job", [failing_jobs.ask_for_a_retry, failing_jobs.ask_and_let_retry])
def test_a_try_that_the_job_itself_asks_for_stands_within_the_number_of_tries(
    ada: User, job: Any
) -> None:
    run = tried(ada, job, "value", fail_on=["ValueError"], max_retries=1)
    assert run.status == "retry"

    age(1)
    deliver(run)

    assert (run.status, run.error_type, run.attempt) == ("failure", "ValueError", 2)


def test_an_edit_changes_later_runs_only(ada: User) -> None:
    task, run = services.create_task(
        Actor(ada),
        name="x",
        celery_task_name=failing_jobs.fail_as.name,
        args=["powder"],
        max_retries=1,
    )
    assert run
    services.update_task(Actor(ada), task, fail_on=["NoPowder"])

    deliver(run)

    assert run.status == "retry"
