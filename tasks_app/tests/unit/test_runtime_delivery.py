"""A doorbell in the hands of a child: at most one body, and an outcome for it."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks_app import lifecycle, services
from tasks_app.models import TaskExecution
from tasks_app.services import Actor
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver


@pytest.fixture
def run(ada: User) -> Any:
    """Make an execution of one of the tests' jobs."""
    know_the_tests_jobs()

    def make(job: str, *args: object, **fields: object) -> TaskExecution:
        name = f"tasks_app.tests.jobs.{job}"
        _, execution = services.create_task(
            Actor(ada), name=job, celery_task_name=name, args=list(args), **fields
        )
        assert execution is not None
        return execution

    return make


@pytest.mark.postgresql
def test_the_happy_path_is_one_insert_one_claim_and_one_outcome(run: Any, ada: User) -> None:
    task = run("tell").task
    with CaptureQueriesContext(connection, ) as queries:
        execution = services.execute_task(Actor(ada), task)
        deliver_quietly(execution)

    verbs = [query["sql"].split(" ", 1)[0] for query in queries if "SAVEPOINT" not in query["sql"]]
    # The job itself reports progress once, and the test reads the row at the end.
    assert verbs == ["INSERT", "WITH", "WITH"]


def deliver_quietly(execution: TaskExecution) -> None:
    """Deliver without the look at the row afterwards."""
    execution.refresh_from_db = lambda *_, **__: None  # type: ignore[method-assign]
    deliver(execution)
