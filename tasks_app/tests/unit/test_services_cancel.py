"""Cancelling by the service: who may, what is told, and what has ended stays."""

import pytest

from tasks_app.exceptions import AlreadyEnded, NoLiveRun, NotFound
from tasks_app.models import Event
from tasks_app.services import Actor, cancel_execution, cancel_task
from tasks_app.states import FINAL, Reason, Status, Trigger
from tasks_app.tests.runs import a_run, a_task, row_of, told_of

pytestmark = pytest.mark.django_db


def test_a_waiting_run_is_revoked_and_the_trail_tells_by_whom(ada):
    run = a_run(owner=ada)

    ended = cancel_execution(Actor(ada, Trigger.API, "r1"), run, reason="wrong file")

    assert (ended.status, ended.reason) == (Status.REVOKED, Reason.CANCELLED)
    assert ended.cancel_requested_by == ada
    event = Event.objects.get()
    assert (event.verb, event.subject_id, event.reason) == ("cancel", run.pk, "wrong file")
    assert (event.user, event.door, event.request_id) == (ada, Trigger.API, "r1")


def test_a_running_run_is_asked(ada):
    asked = cancel_execution(Actor(ada), a_run(Status.STARTED, owner=ada))

    assert asked.status == Status.STARTED
    assert asked.cancel_requested_at


@pytest.mark.parametrize("status", FINAL)
def test_a_run_that_has_ended_answers_with_its_outcome(status, ada):
    run = a_run(status, owner=ada)
    before = row_of(run)

    with pytest.raises(AlreadyEnded, match=f"it ended at .* with {status}"):
        cancel_execution(Actor(ada), run)

    assert row_of(run) == before
    assert told_of(run) == []


def test_a_strangers_run_does_not_exist(ada, bob):
    run = a_run(owner=ada)

    with pytest.raises(NotFound):
        cancel_execution(Actor(bob), run)


def test_all_live_runs_of_a_task_are_cancelled(ada):
    task = a_task(ada)
    waiting, started, retrying, *_ = (
        a_run(status, task=task, owner=ada, created_at=f"2026-01-0{day}T00:00Z")
        for day, status in enumerate(Status, start=1)
    )
    other = a_run(owner=ada)

    cancelled = cancel_task(Actor(ada), task)

    assert cancelled == [retrying, started, waiting]
    assert [run.status for run in cancelled] == ["revoked", "started", "revoked"]
    assert [told_of(run) for run in cancelled] == [["cancel"]] * 3
    assert told_of(other) == []


def test_a_task_without_a_live_run_says_so(ada):
    task = a_task(ada, name="nightly")
    a_run(Status.SUCCESS, task=task, owner=ada)

    with pytest.raises(NoLiveRun, match="nightly has no live run"):
        cancel_task(Actor(ada), task)


def test_a_strangers_task_does_not_exist(ada, bob):
    task = a_task(ada)
    a_run(task=task, owner=ada)

    with pytest.raises(NotFound):
        cancel_task(Actor(bob), task)
