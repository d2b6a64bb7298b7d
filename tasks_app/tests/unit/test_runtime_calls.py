"""Calls from code: what Celery lets a caller say is held in the row."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from config import celery_app
from tasks_app.exceptions import ArgumentsDoNotFit
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver

pytestmark = pytest.mark.django_db


def call(*args: Any, **options: Any) -> TaskExecution:
    """Call a job as code does, and read its row."""
    know_the_tests_jobs()
    from tasks_app.tests.jobs import count_to

    result = count_to.apply_async(args or (3,), **options)
    return TaskExecution.objects.get(pk=result.id)


def test_a_call_is_a_row_without_a_task_or_an_owner() -> None:
    execution = call(3)

    assert (execution.args, execution.trigger) == ([3], "code")
    assert (execution.task, execution.owner, execution.status) == (None, None, "pending")


def test_an_alias_is_called_by_its_present_name() -> None:
    result = celery_app.send_task("app.worker.test_celery", ["hello"])

    name = TaskExecution.objects.get(pk=result.id).celery_task_name
    assert name == "tasks_app.jobs.common_tasks.test_celery"


def test_a_callers_own_id_is_kept() -> None:
    own = uuid7()

    assert call(task_id=str(own)).pk == own


def test_a_countdown_is_a_column() -> None:
    execution = call(countdown=60)

    assert execution.run_at - execution.created_at >= timedelta(seconds=59)
    assert (execution.reason, execution.published_at) == ("delayed", None)


@pytest.mark.parametrize("as_text", [True, False])
def test_an_eta_is_a_column(as_text: bool) -> None:
    eta = timezone.now() + timedelta(hours=1)

    assert call(eta=eta.isoformat() if as_text else eta).run_at == eta


@pytest.mark.parametrize("form", ["seconds", "moment"])
def test_an_expiry_is_a_column(form: str) -> None:
    moment: Any = timezone.now() + timedelta(hours=1)

    expires_at = call(expires=3600 if form == "seconds" else moment).expires_at

    assert abs(expires_at - moment) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "number, word", [(0, "CRITICAL"), (3, "HIGH"), (6, "NORMAL"), (9, "LOW"), (None, "NORMAL")]
)
def test_a_priority_of_celery_is_the_nearest_of_ours(number: int | None, word: str) -> None:
    assert call(priority=number).get_priority_display().upper() == word


def test_queue_and_limits_are_columns() -> None:
    execution = call(queue="nightly", time_limit=20, soft_time_limit=10)

    assert (execution.queue, execution.time_limit, execution.soft_time_limit) == ("nightly", 20, 10)


def test_dates_arrive_at_the_job_as_dates() -> None:
    know_the_tests_jobs()
    from tasks_app.tests.jobs import year_of

    execution = TaskExecution.objects.get(pk=year_of.delay(datetime(2026, 3, 1)).id)
    deliver(execution)

    assert execution.result == 2026


def test_arguments_that_do_not_fit_are_refused_at_the_call() -> None:
    with pytest.raises((TypeError, ArgumentsDoNotFit)):
        call(1, 2, 3)
    with pytest.raises(ArgumentsDoNotFit):
        celery_app.send_task("tasks_app.tests.jobs.count_to", [1, 2, 3])
    assert not TaskExecution.objects.exists()


def test_an_id_that_is_no_uuid_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="must be a UUID"):
        call(task_id="mine")


def test_a_call_that_is_rolled_back_leaves_nothing() -> None:
    with transaction.atomic():
        call(3)
        transaction.set_rollback(True)

    assert not TaskExecution.objects.exists()


def test_inline_runs_leave_no_row() -> None:
    know_the_tests_jobs()
    from tasks_app.tests.jobs import count_to

    assert count_to.apply((2,)).get() == [1, 2]
    assert count_to(2) == [1, 2]
    assert not TaskExecution.objects.exists()
