"""Executing a task: one run, with the task's own values where none are given."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tasks_app.exceptions import ArgumentsDoNotFit, Invalid, NotFound, UnknownJob
from tasks_app.models import TaskExecution
from tasks_app.services import Actor, execute_task, update_task
from tasks_app.states import OnLost, Priority, Reason, Status, Trigger
from tasks_app.tests.runs import JOB, a_task, now_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def actor(ada):
    return Actor(ada, Trigger.ADMIN)


def execute(actor, values=None, **fields):
    """Execute a task with these fields, with these values for this run."""
    execution = execute_task(actor, a_task(actor.user, **fields), **(values or {}))
    return now_of(execution)


def test_a_run_has_the_tasks_arguments(actor):
    run = execute(actor, args=[5], kwargs={"param": "p"})

    assert (run.args, run.kwargs, run.celery_task_name) == ([5], {"param": "p"}, JOB)
    assert (run.status, run.reason) == (Status.PENDING, "")
    assert (run.trigger, run.triggered_by, run.owner) == ("admin", actor.user, actor.user)
    assert run.published_at


def test_a_run_may_have_arguments_of_its_own(actor):
    run = execute(actor, {"args": [], "kwargs": {"seconds": 2}}, args=[5])

    assert (run.args, run.kwargs) == ([], {"seconds": 2})


def test_a_disabled_task_can_be_executed(actor):
    assert execute(actor, enabled=False).status == Status.PENDING


def test_a_countdown_delays_a_run_by_the_databases_clock(actor):
    run = execute(actor, {"countdown": 60})

    assert abs(run.run_at - run.created_at - 60 * SECOND) < SECOND
    assert (run.reason, run.published_at, run.published_count) == (Reason.DELAYED, None, 0)


def test_a_run_may_be_set_to_a_moment(actor):
    moment = timezone.now() + timedelta(days=1)

    run = execute(actor, {"run_at": moment})

    assert run.run_at == moment
    assert run.reason == Reason.DELAYED


def test_a_run_without_delay_starts_now(actor):
    run = execute(actor, {"countdown": 0})

    assert run.published_at
    assert abs(run.run_at - run.created_at) < SECOND


def test_a_moment_that_has_passed_is_due_at_once(actor):
    run = execute(actor, {"run_at": timezone.now() - 60 * SECOND})

    assert abs(run.run_at - run.created_at) < SECOND
    assert list(TaskExecution.objects.unsent()) == [run]


def test_a_run_expires_so_long_after_its_time(actor):
    now = execute(actor, expires_after=60)
    later = execute(actor, {"countdown": 3600}, expires_after=60)

    assert abs(now.expires_at - now.created_at - 60 * SECOND) < SECOND
    assert abs(later.expires_at - later.run_at - 60 * SECOND) < SECOND
    assert execute(actor).expires_at is None


@pytest.mark.parametrize(
    "priority, queue",
    [
        (Priority.CRITICAL, "high_priority"),
        (Priority.HIGH, "high_priority"),
        (Priority.NORMAL, "default"),
        (Priority.LOW, "low_priority"),
    ],
)
def test_a_run_waits_in_the_queue_of_its_priority(actor, priority, queue):
    run = execute(actor, priority=priority)

    assert (run.priority, run.queue) == (priority, queue)


def test_a_run_of_another_priority_waits_in_that_ones_queue(actor):
    run = execute(actor, {"priority": "high"}, priority=Priority.LOW)

    assert (run.priority, run.queue) == (Priority.HIGH, "high_priority")


def test_a_queue_that_was_named_goes_before_the_priority(actor):
    assert execute(actor, queue="reports", priority=Priority.HIGH).queue == "reports"
    assert execute(actor, {"queue": "urgent"}, queue="reports").queue == "urgent"


def test_a_run_takes_its_policies_along(actor):
    run = execute(
        actor,
        soft_time_limit=5,
        time_limit=9,
        max_retries=2,
        retry_backoff=3,
        retry_backoff_max=30,
        retry_jitter=False,
        on_lost=OnLost.FAIL,
        keep_log=False,
    )

    assert (run.soft_time_limit, run.time_limit, run.max_attempts) == (5, 9, 3)
    assert (run.retry_backoff, run.retry_backoff_max, run.retry_jitter) == (3, 30, False)
    assert (run.on_lost, run.keep_log) == (OnLost.FAIL, False)


def test_without_a_limit_of_retries_the_job_decides(actor):
    assert execute(actor).max_attempts is None


def test_after_a_lost_worker_a_repeatable_job_is_tried_again(actor):
    assert execute(actor, on_lost=OnLost.AUTO).on_lost == OnLost.RETRY


def test_an_edit_changes_later_runs_only(actor):
    task = a_task(actor.user, args=[1], time_limit=9)
    before = execute_task(actor, task)

    task = update_task(actor, task, args=[2], time_limit=90)
    after = execute_task(actor, task)

    assert (now_of(before).args, now_of(before).time_limit) == ([1], 9)
    assert (now_of(after).args, now_of(after).time_limit) == ([2], 90)


def test_a_job_that_was_renamed_runs_under_its_new_name(actor):
    assert execute(actor, celery_task_name="app.worker.long_running_task").celery_task_name == JOB


BAD = [
    ("args", {}),
    ("args", "text"),
    ("args", [float("nan")]),
    ("kwargs", []),
    ("kwargs", {"param": "\0"}),
    ("queue", "a b"),
    ("priority", "urgent"),
    ("priority", 9),
    ("countdown", -1),
    ("countdown", 400 * 86400),
    ("countdown", float("nan")),
    ("countdown", float("inf")),
    ("countdown", 1e300),
    ("run_at", timezone.now() + timedelta(days=400)),
]


@pytest.mark.parametrize("field, value", BAD, ids=[f"{f}-{n}" for n, (f, _) in enumerate(BAD)])
def test_a_bad_value_is_told_by_its_field_and_nothing_runs(actor, field, value):
    with pytest.raises(Invalid) as refusal:
        execute(actor, {field: value})

    assert list(refusal.value.errors) == [field]
    assert not TaskExecution.objects.exists()


def test_a_moment_and_a_countdown_are_one_too_many(actor):
    with pytest.raises(Invalid, match="not both"):
        execute(actor, {"countdown": 5, "run_at": timezone.now()})


def test_arguments_of_its_own_must_fit_too(actor):
    with pytest.raises(ArgumentsDoNotFit):
        execute(actor, {"args": [1, 2, 3]})


def test_a_task_whose_job_has_gone_is_not_executed(actor):
    with pytest.raises(UnknownJob):
        execute(actor, celery_task_name="gone")


def test_nobody_executes_a_strangers_task(actor, bob):
    task = a_task(bob)

    with pytest.raises(NotFound):
        execute_task(actor, task)

    assert not TaskExecution.objects.exists()


def test_a_moment_without_a_zone_is_utc(actor):
    naive = datetime(2026, 1, 1)

    run = execute(actor, {"run_at": naive})

    assert abs(run.run_at - run.created_at) < SECOND
