"""Ordinary calls with real workers: answers come soon, and canvases survive what breaks."""

import os
import signal
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from celery import Celery, chord
from celery.exceptions import ChordError

from config import celery_app
from tasks_app.models import Control, TaskExecution
from tasks_app.tests import canvas_jobs
from tasks_app.tests import jobs as test_jobs
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, becomes, ends, eventually, kill_family, starts

# Typed loosely: the stubs of Celery take a signature joined with another for a plain dictionary.
steps: Any = canvas_jobs
jobs: Any = test_jobs


def row(result: Any) -> TaskExecution:
    return TaskExecution.objects.get(pk=result.id)


def some_began() -> bool:
    """Unlike whether one runs now, this stays true once it is."""
    return TaskExecution.objects.exclude(attempt=0).exists()


def test_get_answers_soon_after_the_end(system: System) -> None:
    steps.add.delay(1, 1).get(timeout=15)
    late = []
    for number in range(15):
        asked = time.time()
        result = steps.add.delay(number, 1)
        assert result.get(timeout=15) == number + 1
        answered = time.time()
        finished = row(result).finished_at
        assert finished
        # Looks grow rarer with the wait: at most half of it passes until the next one.
        waited = finished.timestamp() - asked
        late.append(answered - finished.timestamp() - waited / 2)

    assert median(late) < 0.05


def test_a_chord_survives_a_broker_that_forgot_everything(system: System, broker: Broker) -> None:
    result = chord([steps.slow_add.s(number, 0.3) for number in range(8)], steps.total.s()).delay()
    eventually(some_began)
    broker.wipe()

    assert result.get(timeout=30) == sum(range(8))


def test_a_chord_survives_its_worker(system: System) -> None:
    result = chord([steps.slow_add.s(number, 1) for number in range(6)], steps.total.s()).delay()
    eventually(some_began)
    kill_family(system.workers[0])
    system.start_worker()

    assert result.get(timeout=40) == sum(range(6))


def test_the_death_of_a_member_that_may_not_be_repeated_fails_the_body(system: System) -> None:
    result = chord([jobs.deaf.s(60), steps.add.s(1)], steps.total.s()).delay()
    member = TaskExecution.objects.get(celery_task_name=jobs.deaf.name)
    os.kill(starts(member).pid or 0, signal.SIGKILL)

    with pytest.raises(ChordError, match="died"):
        celery_app.AsyncResult(result.id).get(timeout=20)


def test_an_errback_of_a_run_that_hit_its_hard_limit_runs(system: System) -> None:
    failed = jobs.deaf.apply_async((60,), time_limit=1, link_error=steps.on_error_in_full.s())

    def errbacks() -> Any:
        return TaskExecution.objects.filter(celery_task_name=steps.on_error_in_full.name).first()

    eventually(errbacks)
    assert ends(errbacks()).result[:2] == [failed.id, "TimeLimitExceeded"]


@pytest.fixture
def foreign(broker: Broker) -> Callable[..., Any]:
    """Another Celery app, which knows the broker and nothing of us."""
    app = Celery("foreign", broker=broker.url, set_as_current=False)
    app.conf.task_default_queue = "default"
    return app.send_task


def test_a_message_of_another_app_is_written_down_and_run(
    system: System, foreign: Callable[..., Any]
) -> None:
    sent = foreign(steps.add.name, [20, 22], countdown=1)

    eventually(TaskExecution.objects.filter(pk=sent.id).exists)
    adopted = ends(TaskExecution.objects.get(pk=sent.id))
    assert (adopted.status, adopted.result, adopted.trigger) == ("success", 42, "code")


def test_one_without_a_usable_id_is_refused_and_counted(
    system: System, foreign: Callable[..., Any]
) -> None:
    foreign(steps.add.name, [1], task_id="mine")

    eventually(lambda: Control.objects.get().refused_messages == 1)
    eventually(lambda: celery_app.AsyncResult("mine").failed())
    assert not TaskExecution.objects.exists()


def test_a_hardened_worker_runs_no_message_of_another_app(
    system: System, foreign: Callable[..., Any]
) -> None:
    kill_family(system.workers[0])
    system.start_worker(REFUSE_FOREIGN_MESSAGES="true")
    sent = foreign(steps.add.name, [1])

    eventually(lambda: celery_app.AsyncResult(sent.id).failed())
    assert not TaskExecution.objects.exists()
    becomes(row(steps.add.delay(1)), lambda run: run.status == "success")
