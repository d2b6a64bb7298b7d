"""What the main process stops: jobs that hold their child's interpreter beyond every grace."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from celery.concurrency import get_implementation
from celery.worker import state
from django.conf import settings

from tasks_app import lifecycle
from tasks_app.lifecycle import Canceller
from tasks_app.models import TaskExecution
from tasks_app.runtime.overdue import Overdue
from tasks_app.services import Actor, set_outcome
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import a_run

pytestmark = pytest.mark.django_db
HOST = "w@here"


class Worker:
    """Its second passes when the test says so, and it tells what it killed."""

    def __init__(self) -> None:
        self.hostname, self.pool, self.timer = HOST, object(), self
        self.pool_cls, self.use_eventloop = get_implementation("prefork"), True
        self.killed: list[str] = []
        self.second: Callable[[], None] = lambda: None

    def call_repeatedly(self, _: float, what: Callable[[], None]) -> None:
        self.second = what

    def holds(self, run: TaskExecution) -> Any:
        return SimpleNamespace(terminate=lambda *_, **__: self.killed.append(str(run.pk)))


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def run(ada: Any, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> TaskExecution:
    run = a_run(Status.STARTED, worker=HOST, owner=ada)
    monkeypatch.setitem(state.requests, str(run.pk), worker.holds(run))
    return run


@pytest.fixture
def overdue(worker: Worker) -> Overdue:
    overdue = Overdue(worker)
    overdue.start()
    return overdue


def grace() -> float:
    """A child's own, and two heartbeats more."""
    return float(settings.CANCEL_GRACE_SECONDS + 2 * settings.HEARTBEAT_SECONDS)


def looks(overdue: Overdue, worker: Worker, run: TaskExecution, times: int = 2) -> list[str]:
    for _ in range(times):
        overdue.look({str(run.pk)})
        worker.second()
    return worker.killed


def test_a_run_that_was_set_by_hand_has_its_grace(ada, overdue, worker, run) -> None:
    set_outcome(Actor(ada), run, "failed")

    assert looks(overdue, worker, run) == []
    age(grace() - 5)
    assert looks(overdue, worker, run) == []
    age(6)
    assert looks(overdue, worker, run) == [str(run.pk)]


def test_one_that_is_over_is_stopped_at_the_second_look_only(ada, overdue, worker, run) -> None:
    set_outcome(Actor(ada), run, "failed")
    age(grace() + 1)

    assert looks(overdue, worker, run, times=1) == []
    assert looks(overdue, worker, run, times=1) == [str(run.pk)]


def test_a_cancelled_one_has_its_grace_too(overdue, worker, run) -> None:
    lifecycle.cancel([run.pk], Canceller(None))

    age(grace() - 5)
    assert looks(overdue, worker, run) == []
    age(6)
    assert looks(overdue, worker, run, times=1) == [str(run.pk)]


@pytest.mark.parametrize("own", [0, 3, 100])
def test_each_run_has_the_grace_of_its_own_task(overdue, worker, run, own) -> None:
    TaskExecution.objects.update(cancel_grace=own)
    lifecycle.cancel([run.pk], Canceller(None))

    age(own + 2 * settings.HEARTBEAT_SECONDS - 5)
    assert looks(overdue, worker, run) == []
    age(6)
    assert looks(overdue, worker, run, times=1) == [str(run.pk)]


def test_one_that_somebody_ended_has_the_grace_of_its_own_task(ada, overdue, worker, run) -> None:
    TaskExecution.objects.update(cancel_grace=100)
    set_outcome(Actor(ada), run, "failed")

    age(grace() + 1)
    assert looks(overdue, worker, run) == []
    age(100)
    assert looks(overdue, worker, run) == [str(run.pk)]
