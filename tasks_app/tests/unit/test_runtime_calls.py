"""Calls from code: what Celery lets a caller say is held in the row."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from config import celery_app
from tasks_app import registry
from tasks_app.exceptions import ArgumentsDoNotFit, Invalid
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver, run_all

pytestmark = pytest.mark.django_db


def call(*args: Any, **options: Any) -> TaskExecution:
    """Call a job as code does, and read its row."""
    know_the_tests_jobs()
    from tasks_app.tests.jobs import count_to

    result = count_to.apply_async(args or (3,), **options)
    return TaskExecution.objects.get(pk=result.id)


def run(job: str, *args: Any, **options: Any) -> TaskExecution:
    """Call a job of the canvas tests, and run whatever is due."""
    know_the_tests_jobs()
    job = f"tasks_app.tests.canvas_jobs.{job}"
    result = celery_app.tasks[job].apply_async(args, **options)
    run_all()
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


@pytest.mark.parametrize("serializer", ["pickle", "yaml"])
def test_arguments_that_are_not_to_be_json_are_refused_with_a_sentence(serializer: str) -> None:
    with pytest.raises(ValueError, match="kept as JSON"):
        call(serializer=serializer)
    assert not TaskExecution.objects.exists()


def test_how_the_caller_would_have_tried_to_send_it_is_held_in_the_row() -> None:
    policy = {"max_retries": 5, "interval_start": 0.2}

    assert call(retry=True, retry_policy=policy).envelope == {
        "retry": True,
        "retry_policy": policy,
    }


def test_headers_and_stamps_reach_the_job() -> None:
    stamped = {"stamped_headers": ["crate"], "crate": "blue"}
    execution = run("tell_headers", headers={"shift": "night"}, **stamped)

    assert execution.result["shift"] == "night"
    assert execution.envelope["stamps"] == {"crate": "blue"}


def test_an_id_that_is_used_again_makes_no_second_run() -> None:
    own = str(uuid7())
    first, second = call(3, task_id=own), call(4, task_id=own)

    assert first == second
    assert second.args == [3]


def test_a_limit_of_a_part_of_a_second_is_rounded_up() -> None:
    execution = call(time_limit=1.5, soft_time_limit=0.2)

    assert (execution.time_limit, execution.soft_time_limit) == (2, 1)


@pytest.mark.parametrize("option", ["time_limit", "soft_time_limit"])
@pytest.mark.parametrize("limit", [-5, 10**11])
def test_an_impossible_limit_is_refused_with_a_sentence(option: str, limit: int) -> None:
    with pytest.raises(Invalid, match="number from 1 to"):
        call(**{option: limit})
    assert not TaskExecution.objects.exists()


@pytest.mark.parametrize("option", ["countdown", "expires"])
@pytest.mark.parametrize("seconds", [1e20, math.inf, math.nan])
def test_an_impossible_wait_is_refused_with_a_sentence(option: str, seconds: float) -> None:
    with pytest.raises(Invalid, match="number of seconds"):
        call(**{option: seconds})
    assert not TaskExecution.objects.exists()


def test_a_countdown_that_lies_in_the_past_is_over() -> None:
    assert (call(countdown=-60).reason, call(countdown=-1e20).published_count) == ("", 1)


def test_what_a_job_declares_holds_for_calls_by_name_too() -> None:
    know_the_tests_jobs()
    result = celery_app.send_task("tasks_app.tests.canvas_jobs.declared")

    execution = TaskExecution.objects.get(pk=result.id)
    assert execution.time_limit == 30
    assert execution.expires_at


@pytest.mark.parametrize("changed", [{"args": (1, 2)}, {"kwargs": {"number": 2}}])
def test_a_retry_may_change_the_arguments_of_the_tries_that_come(changed: Any) -> None:
    execution = run("retry_with_others", 0, **{"kwargs": {"changed": changed}})

    assert execution.status == "success"
    assert execution.result == [[1, 2], {}] if "args" in changed else [[0], {"number": 2}]
    assert execution.args == [0]


def test_a_retry_may_change_nothing_else() -> None:
    execution = run("retry_elsewhere")

    assert (execution.status, execution.error_type) == ("failure", "TypeError")
    assert "queue" in execution.error


@pytest.mark.parametrize(
    "flags, repeatable",
    [("acks_late", False), ("reject_on_worker_lost", False), ("both", True)],
)
def test_celerys_way_to_say_that_a_job_may_be_repeated(flags: str, repeatable: bool) -> None:
    result = celery_app.tasks[f"tasks_app.tests.canvas_jobs.{flags}"].delay()

    on_lost = TaskExecution.objects.get(pk=result.id).on_lost
    assert on_lost == ("retry" if repeatable else "fail")


def test_a_broker_never_delivers_again_what_a_job_asked_it_to() -> None:
    job = celery_app.tasks["tasks_app.tests.canvas_jobs.both"]

    assert (job.acks_late, job.reject_on_worker_lost) == (False, False)


def test_replace_is_refused_with_a_sentence() -> None:
    execution = run("replace_myself")

    assert execution.status == "failure"
    assert "link or a chain" in execution.error


def test_a_call_that_is_rolled_back_leaves_nothing() -> None:
    with transaction.atomic():
        call(3)
        transaction.set_rollback(True)

    assert not TaskExecution.objects.exists()


def test_a_call_may_wait_for_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    know_the_tests_jobs()
    job: Any = celery_app.tasks["tasks_app.tests.jobs.count_to"]

    with django_capture_on_commit_callbacks(execute=True):
        job.delay_on_commit(3)
        assert not TaskExecution.objects.exists()

    assert TaskExecution.objects.get().args == [3]


def test_a_job_that_was_imported_after_the_start_gets_its_row() -> None:
    @shared_task(name="imported.late")
    def late(number: int) -> int:
        return number

    try:
        execution = TaskExecution.objects.get(pk=late.delay(3).id)
        deliver(execution)
        assert execution.result == 3
    finally:
        del celery_app.tasks["imported.late"], registry._jobs["imported.late"]


def test_inline_runs_leave_no_row() -> None:
    know_the_tests_jobs()
    from tasks_app.tests.jobs import count_to

    assert count_to.apply((2,)).get() == [1, 2]
    assert count_to(2) == [1, 2]
    assert not TaskExecution.objects.exists()
