"""A claim whose answer is late or lost: it is proven, or nothing runs."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from tasks_app import lifecycle, services
from tasks_app.models import TaskExecution
from tasks_app.runtime import spool
from tasks_app.runtime.delivering import deliver_spooled
from tasks_app.services import Actor
from tasks_app.tests.ageing import age
from tasks_app.tests.celery_app import know_the_tests_jobs
from tasks_app.tests.deliveries import deliver, trace
from tasks_app.tests.outages import a_lost_answer, an_outage

# A connection that fails is dropped, also one with the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(ada: User, tmp_path: Any, settings: Any) -> TaskExecution:
    """A run that leaves a trace; it may be repeated."""
    settings.VAR_DIR = tmp_path
    know_the_tests_jobs()
    _, run = services.create_task(
        Actor(ada),
        name="a run",
        celery_task_name="tasks_app.tests.jobs.repeatable",
        args=[str(tmp_path), 0],
    )
    assert run is not None
    return run


def effects(tmp_path: Any) -> int:
    path = tmp_path / "effects"
    return len(path.read_text().splitlines()) if path.exists() else 0


def late(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Let something happen between the claim and its answer, which takes longer than a beat."""
    ask, clock, passed = lifecycle.claim, time.monotonic, [0.0]

    def claim(*args: Any, **kwargs: Any) -> Any:
        rows = ask(*args, **kwargs)
        passed[0] += 1000
        act(args[0][0])
        return rows

    monkeypatch.setattr(lifecycle, "claim", claim)
    monkeypatch.setattr(time, "monotonic", lambda: clock() + passed[0])


def test_a_claim_whose_answer_was_lost_is_known_by_its_token(run, tmp_path) -> None:
    with a_lost_answer():
        deliver(run)

    assert (run.status, run.attempt, effects(tmp_path)) == ("success", 1, 1)


def test_a_claim_whose_answer_was_late_runs_if_it_still_holds(run, tmp_path, monkeypatch) -> None:
    late(monkeypatch, lambda _: None)

    deliver(run)

    assert (run.status, effects(tmp_path)) == ("success", 1)


def test_what_was_decided_before_the_answer_came_does_not_run(run, tmp_path, monkeypatch) -> None:
    late(monkeypatch, lifecycle.lose)

    deliver(run)

    assert (run.status, run.worker_deaths, effects(tmp_path)) == ("retry", 1, 0)


def test_a_claim_that_cannot_be_proven_again_does_not_run(
    run, tmp_path, monkeypatch, settings
) -> None:
    settings.LEASE_SECONDS = 0.1
    outage = an_outage()
    late(monkeypatch, lambda _: outage.__enter__())
    try:
        trace(run)
    finally:
        outage.__exit__(None, None, None)

    run.refresh_from_db()
    assert (run.status, run.attempt, effects(tmp_path)) == ("started", 1, 0)
    deliver_spooled()
    run.refresh_from_db()
    assert (run.status, run.worker_deaths) == ("pending", 0)


def test_without_a_database_nothing_runs(run, tmp_path, settings) -> None:
    settings.LEASE_SECONDS = 0.1
    with an_outage():
        trace(run)

    run.refresh_from_db()
    assert (run.status, effects(tmp_path)) == ("pending", 0)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_claim_whose_answer_never_came_is_no_loss(
    run, tmp_path, monkeypatch, settings, error
) -> None:
    """The server wrote it down and was away from then on; the job may not be repeated."""
    settings.LEASE_SECONDS = 0.1
    TaskExecution.objects.update(on_lost="fail")
    ask = lifecycle.claim

    def unheard(*args: Any, **kwargs: Any) -> Any:
        ask(*args, **kwargs)
        raise error("the server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "claim", unheard)
        trace(run)
    run.refresh_from_db()
    assert run.status == "started"

    deliver_spooled()

    run.refresh_from_db()
    assert (run.status, run.worker_deaths, run.failed_tries) == ("pending", 0, 0)
    assert effects(tmp_path) == 0
    age(60)
    deliver(run)
    assert (run.status, run.attempt, effects(tmp_path)) == ("success", 2, 1)


def test_a_claim_that_was_never_asked_for_leaves_no_word(run, settings, monkeypatch) -> None:
    settings.LEASE_SECONDS = 0.1

    def refuse(*_: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
        trace(run)

    assert spool.waiting() == []
