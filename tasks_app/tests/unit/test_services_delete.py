"""Deleting a task: what becomes of its runs is the caller's choice."""

import pytest

from tasks_app.exceptions import NotFound, StillLive
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.services import Actor, delete_task
from tasks_app.states import FINAL, Reason, Status
from tasks_app.tests.runs import a_run, a_task, now_of, told_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(ada):
    return a_task(ada, name="old", key="k")


@pytest.fixture
def runs(task, ada):
    """One in every state."""
    return {status: a_run(status, task=task, owner=ada) for status in Status}


def test_what_waits_is_revoked_and_what_runs_is_asked_to_stop(ada, task, runs):
    delete_task(Actor(ada), task)

    assert not Task.objects.exists()
    for status in (Status.PENDING, Status.RETRY):
        run = now_of(runs[status])
        assert (run.status, run.reason) == (Status.REVOKED, Reason.CANCELLED)
    running = now_of(runs[Status.STARTED])
    assert running.status == Status.STARTED
    assert running.cancel_requested_by == ada


def test_the_history_stays_unlinked(ada, task, runs):
    delete_task(Actor(ada), task)

    assert TaskExecution.objects.filter(task=None, owner=ada).count() == len(Status)


def test_the_history_goes_where_that_is_asked_for_but_for_what_still_runs(ada, task, runs):
    delete_task(Actor(ada), task, history="remove")

    assert list(TaskExecution.objects.all()) == [runs[Status.STARTED]]


def test_a_task_with_live_runs_is_kept_where_that_is_asked_for(ada, task, runs):
    with pytest.raises(StillLive, match=r"old has 3 live run\(s\)"):
        delete_task(Actor(ada), task, live="refuse")

    assert Task.objects.get() == task
    assert not TaskExecution.objects.exclude(cancel_requested_at=None).exists()
    assert told_of(task) == []


def test_a_task_whose_runs_have_ended_is_never_refused(ada, task):
    for status in FINAL:
        a_run(status, task=task, owner=ada)

    delete_task(Actor(ada), task, live="refuse")

    assert not Task.objects.exists()


def test_the_trail_keeps_what_it_was(ada, task):
    pk = task.pk

    delete_task(Actor(ada), task, reason="unused")

    event = Event.objects.get(subject_id=pk)
    assert (event.verb, event.reason) == ("delete", "unused")
    assert event.before == {"name": "old", "key": "k", "job": task.celery_task_name}


def test_a_strangers_task_does_not_exist(bob, task):
    with pytest.raises(NotFound):
        delete_task(Actor(bob), task)

    assert Task.objects.get() == task
