"""Ordinary Celery code while messages come twice or get lost, and while children die."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pytest
from django.contrib.auth.models import User

from tasks_app.models import TaskExecution
from tasks_app.states import Reason, Status
from tasks_app.tests.ordinary.both_sides import Told, an_ordinary_system, run_on_ours
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System

# Hooks of the author's, steps that follow, and what never runs.
SOME = ("a_base_class", "a_callback", "a_chord", "expired_before_it_was_called")
MAY, MAY_NOT = "a_crowd_that_may_be_repeated", "a_crowd_that_may_not_be_repeated"
# What is read in the middle of a run, what calls others again when it runs again, and Celery's own
# jobs, which say nothing of repeating.
NOT_REPEATED = {"progress", "jobs_called_by_a_job", "map_and_starmap", "chunks", MAY_NOT}


class Ordinary(Protocol):
    """Start a worker and a beat with the ordinary jobs and with this environment."""

    def __call__(self, **environment: str) -> AbstractContextManager[System]: ...


@pytest.fixture
def ordinary(tmp_path: Path, transactional_db: None, broker: Broker, ada: User) -> Ordinary:
    return partial(an_ordinary_system, tmp_path, broker, ada)


@pytest.mark.parametrize(
    "scenarios", [pytest.param(SOME, id="some"), pytest.param((), marks=pytest.mark.long, id="all")]
)
@pytest.mark.parametrize("fault", ["duplicate", "lose"])
def test_messages_that_come_twice_or_get_lost_change_nothing(
    plain: Told, ordinary: Ordinary, fault: str, scenarios: tuple[str, ...]
) -> None:
    with ordinary(ORDINARY_FAULT=fault) as system:
        here = run_on_ours(system, *scenarios)

    assert plain.differences(here) == {}
    assert [mark for mark, times in Counter(here.marks).items() if times > 1] == []
    assert not TaskExecution.objects.live().exists()


def test_of_runs_whose_child_died_those_that_may_be_repeated_end_as_ever(
    plain: Told, ordinary: Ordinary
) -> None:
    with ordinary() as system:
        here, killed = _while_children_die(system, MAY, MAY_NOT)

    lost = TaskExecution.objects.ended_with(Status.FAILURE, Reason.LOST)
    assert {row.celery_task_name.rpartition(".")[2] for row in lost} == {"sleeps"}
    assert len(killed) > lost.count()
    assert here.outcomes[MAY] == plain.outcomes[MAY]
    ended = [outcome for outcome in here.outcomes[MAY_NOT] if outcome["state"] == "SUCCESS"]
    assert len(ended) == len(here.outcomes[MAY_NOT]) - lost.count()
    assert all(outcome in plain.outcomes[MAY_NOT] for outcome in ended)


@pytest.mark.long
def test_all_scenarios_survive_the_death_of_each_child(plain: Told, ordinary: Ordinary) -> None:
    with ordinary(ORDINARY_REPEATABLE="1") as system:
        here, killed = _while_children_die(system, *(plain.outcomes.keys() - NOT_REPEATED))

    assert len(killed) > 10
    assert plain.differences(here) == {}
    assert not TaskExecution.objects.live().exists()


def _while_children_die(system: System, *scenarios: str) -> tuple[Told, set[UUID]]:
    """Run scenarios while children are killed at random; no run is chosen twice."""
    killed: set[UUID] = set()
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(run_on_ours, system, *scenarios)
        for _ in _moments(running):
            candidates = TaskExecution.objects.running().filter(worker_deaths=0)
            rows = [row for row in candidates if row.pk not in killed]
            if rows:
                victim = random.choice(rows)
                killed.add(victim.pk)
                with suppress(ProcessLookupError):
                    os.kill(victim.pid, signal.SIGKILL)
    return running.result(), killed


def _moments(running: Future[Told]) -> Iterator[None]:
    while not running.done():
        yield
        time.sleep(random.uniform(0.03, 0.1))
