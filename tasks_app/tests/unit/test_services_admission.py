"""What every door submits finds room, or is refused before it is written down."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import celery_app
from tasks_app.exceptions import NotFound, TooManyWaiting
from tasks_app.models import Task, TaskExecution
from tasks_app.models.waiting import Waiting, keep_waiting
from tasks_app.reporting import backlog
from tasks_app.services import Actor, Call, create_task, execute_task, submit_call
from tasks_app.states import Status, Trigger
from tasks_app.tests.canvases import jobs
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver
from tasks_app.tests.runs import JOB, a_task

pytestmark = pytest.mark.django_db
DELAY = celery_app.tasks[JOB].delay


@pytest.fixture
def actor(ada):
    return Actor(ada, Trigger.API)


@pytest.fixture
def task(ada):
    return a_task(ada)


@pytest.fixture
def full(settings, ada):
    """Nobody's runs and those of ada may wait no more."""
    settings.WAITING_RUNS_PER_OWNER_MAX = 2
    settings.WAITING_RUNS_MAX = 3
    keep_waiting(Waiting(3, {ada.pk: 2}), 0)


def test_a_run_over_the_cap_of_its_owner_is_not_written_down(actor, task, full, settings):
    settings.WAITING_RUNS_MAX = 100

    with pytest.raises(TooManyWaiting) as refused:
        execute_task(actor, task)

    assert str(refused.value) == (
        "Not submitted: 2 runs of this owner wait, and 2 may. Try again in about 30 s. Cancelling "
        "what need not run makes room at once; an operator can start more workers or raise "
        "WAITING_RUNS_PER_OWNER_MAX."
    )
    assert not TaskExecution.objects.exists()


def test_the_cap_is_the_owners_and_not_that_of_who_acts(root, task, full, settings):
    settings.WAITING_RUNS_MAX = 100

    with pytest.raises(TooManyWaiting):
        execute_task(Actor(root), task)


def test_a_task_that_would_be_executed_is_not_made_either(actor, full):
    with pytest.raises(TooManyWaiting):
        create_task(actor, name="new", celery_task_name=JOB, args=[1])

    assert not Task.objects.exists()
    assert create_task(actor, name="new", celery_task_name=JOB, args=[1], start="manual")[0].pk


def test_a_call_from_code_is_refused_like_any_other(full):
    with pytest.raises(TooManyWaiting, match=r"3 runs in all wait, and 3 may.*WAITING_RUNS_MAX"):
        submit_call(Call(JOB, args=[1]))
    with pytest.raises(TooManyWaiting):
        DELAY(1)

    assert not TaskExecution.objects.exists()


def test_a_burst_between_two_counts_stops_at_the_cap(actor, task, settings):
    settings.WAITING_RUNS_PER_OWNER_MAX = 5
    keep_waiting(Waiting(), 0)

    outcomes = [_outcome(actor, task) for _ in range(8)]

    assert outcomes == [Status.PENDING] * 5 + [TooManyWaiting] * 3


def _outcome(actor, task):
    try:
        return execute_task(actor, task).status
    except TooManyWaiting as refusal:
        return type(refusal)


def test_what_waits_for_the_end_of_a_run_is_never_refused(full, settings):
    know_the_tests_jobs()
    settings.WAITING_RUNS_MAX = 4
    jobs.add.apply_async((1,), link=jobs.add.s(2), link_error=jobs.on_error.s())

    with pytest.raises(TooManyWaiting):
        jobs.add.delay(1)
    deliver(TaskExecution.objects.get())

    assert TaskExecution.objects.in_status(Status.SUCCESS).count() == 1
    assert TaskExecution.objects.waiting().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_that_could_not_be_written_gives_its_room_back(actor, task, settings):
    settings.WAITING_RUNS_PER_OWNER_MAX = 1
    Task.objects.all().delete()

    with pytest.raises(NotFound):
        execute_task(actor, task)

    assert backlog.admit(actor.user.pk) is None


def test_a_submit_is_one_statement_once_the_standing_is_known(
    actor, task, django_assert_num_queries
):
    execute_task(actor, task)

    with CaptureQueriesContext(connection) as queries:
        execute_task(actor, task)

    [insert] = queries
    assert insert["sql"].startswith("INSERT INTO task_executions")
