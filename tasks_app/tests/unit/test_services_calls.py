"""Calls from code: each gets its row, with what Celery lets a caller say."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tasks_app.exceptions import ArgumentsDoNotFit, Invalid, UnknownJob
from tasks_app.models import TaskExecution
from tasks_app.services import Call, submit_call
from tasks_app.states import OnLost, Priority, Reason, Status
from tasks_app.tests.runs import JOB, a_run, now_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def submit(**said):
    return now_of(submit_call(Call(JOB, **({"args": [1]} | said))))


def test_a_call_is_a_run_without_a_task():
    run = submit(kwargs={"param": "p"})

    assert (run.celery_task_name, run.args, run.kwargs) == (JOB, [1], {"param": "p"})
    assert (run.task, run.owner, run.trigger) == (None, None, "code")
    assert (run.status, run.queue, run.priority) == (Status.PENDING, "default", Priority.NORMAL)
    assert run.published_at


def test_a_call_takes_along_what_the_caller_said(ada):
    parent = a_run()
    known = UUID("01890000-0000-7000-8000-000000000001")

    run = submit(
        id=known, parent_id=parent.pk, owner_id=ada.pk, time_limit=9, soft_time_limit=5, queue="q"
    )

    assert (run.pk, run.parent, run.owner, run.queue) == (known, parent, ada, "q")
    assert (run.time_limit, run.soft_time_limit) == (9, 5)


def test_a_call_has_a_hundred_thousand_values_at_most():
    with pytest.raises(Invalid, match="more than 100000"):
        submit(args=[[0] * 100_000])

    assert submit(args=[[0] * 99_000]).pk


def test_a_call_waits_in_the_queue_of_its_priority():
    assert submit(priority=Priority.CRITICAL).queue == "high_priority"


def test_a_call_with_a_countdown_waits_by_the_databases_clock():
    run = submit(countdown=60)

    assert abs(run.run_at - run.created_at - 60 * SECOND) < SECOND
    assert (run.reason, run.published_at) == (Reason.DELAYED, None)


def test_a_call_with_a_moment_waits_for_it():
    moment = timezone.now() + timedelta(days=1)

    assert submit(run_at=moment).run_at == moment


def test_a_call_may_expire():
    moment = timezone.now() + timedelta(days=1)
    soon = submit(expires_after=60)

    assert abs(soon.expires_at - soon.created_at - 60 * SECOND) < SECOND
    assert submit(expires_at=moment).expires_at == moment
    assert submit().expires_at is None


def test_the_job_says_whether_a_lost_run_is_repeated():
    assert submit().on_lost == OnLost.RETRY


def test_an_old_name_calls_the_job_by_its_new_one():
    run = submit_call(Call("app.worker.long_running_task", [1]))

    assert run.celery_task_name == JOB


def test_what_cannot_run_is_refused():
    with pytest.raises(UnknownJob):
        submit_call(Call("os.system", ["true"]))
    with pytest.raises(ArgumentsDoNotFit):
        submit_call(Call(JOB))

    assert not TaskExecution.objects.exists()
