"""The usual causes, really caused: each is told by its name and its sentence."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.db.models.functions import Now
from pytest_django import DjangoDbBlocker

from tasks_app import services
from tasks_app.models import TaskExecution
from tasks_app.reporting.explaining import Explanation, explain
from tasks_app.tests.jobs import ENOUGH
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import (
    System,
    a_system,
    becomes,
    ends,
    eventually,
    starts,
)


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Instead of the usual one: rows stay for the whole module, which shares its processes."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, db: None, broker: Broker) -> Iterator[System]:
    """One worker and one beat for the whole module: no test here breaks one of them."""
    broker.wipe()
    user = User.objects.create_user("ada")
    with a_system(tmp_path_factory.mktemp("system"), broker.url, user) as system:
        system.start()
        yield system


def tells(execution: TaskExecution, is_so: Callable[[Explanation], bool]) -> Explanation:
    """The explanation once it is so; processes may take a moment to be heard from."""
    eventually(lambda: is_so(explain(execution)))
    return explain(execution)


def block(system: System, folder: Path) -> list[TaskExecution]:
    """Runs that keep both slots until the folder says that it is enough."""
    runs = [system.run("until_told", str(folder), time_limit=60) for _ in range(2)]
    return [starts(run) for run in runs]


def test_no_worker_serves_its_queue(system: System) -> None:
    why = explain(system.run("tell", queue="reports"))

    assert why.code == "no_worker"
    assert "no live worker serves queue reports" in why.sentence
    assert any("w0@test" in line for line in why.evidence)


def test_all_slots_are_busy_and_then_the_queue_is_deep(system: System, tmp_path: Path) -> None:
    blockers = block(system, tmp_path)
    waiting = [system.run("tell") for _ in range(4)]

    busy, deep = explain(waiting[0]), explain(waiting[3])

    assert busy.code == "workers_busy"
    assert "all 2 slots of the workers of queue default are busy" in busy.sentence
    assert any(f", {blockers[0].pk}, began" in line for line in busy.evidence)
    assert (deep.code, "3 runs wait before it" in deep.sentence) == ("queue_deep", True)
    (tmp_path / ENOUGH).touch()
    for run in [*blockers, *waiting]:
        assert explain(ends(run)).code == "success"


def test_a_job_that_fails_backs_off_and_then_tells_its_error(system: System) -> None:
    policy = {"max_retries": 1, "retry_backoff": 60, "retry_jitter": False}
    execution = system.run("explode", "no powder", **policy)

    becomes(execution, lambda row: row.status == "retry")
    waiting = explain(execution)
    assert waiting.code == "back_off"
    assert waiting.sentence.endswith("attempt 1 of 2 did not succeed: ValueError: no powder.")
    TaskExecution.objects.filter(pk=execution.pk).update(run_at=Now())
    why = explain(ends(execution))
    assert why.code == "error"
    assert why.sentence == "The job raised an error: ValueError: no powder"
    assert "It was tried 2 times." in why.evidence


def test_it_expired_before_a_slot_was_free(system: System, tmp_path: Path) -> None:
    blockers = block(system, tmp_path)
    execution = system.run("tell", expires_after=60)
    assert any("It expires at" in line for line in explain(execution).evidence)

    TaskExecution.objects.filter(pk=execution.pk).update(expires_at=Now())
    (tmp_path / ENOUGH).touch()
    why = explain(ends(execution))

    assert why.code == "expired"
    assert "It was not started before it expired at " in why.sentence
    for run in blockers:
        ends(run)


def test_a_person_cancelled_it(system: System) -> None:
    execution = starts(system.run("deaf", 30))

    # Its worker hears of it when both are done.
    with transaction.atomic():
        services.cancel_execution(system.actor, execution, reason="wrong file")
        stopping = explain(execution)

    assert (stopping.code, stopping.sentence[:21]) == ("stopping", "ada asked it to stop ")
    why = explain(ends(execution))
    assert why.code == "cancelled"
    assert "It was cancelled by ada at " in why.sentence
    assert "The reason given: wrong file" in why.evidence
