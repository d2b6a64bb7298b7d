"""Rivals that submit runs which exclude each other: one is live, whoever was first."""

from typing import Any

import pytest

from tasks_app import lifecycle
from tasks_app.exceptions import AlikeIsLive, PeriodTaken, TooManyWaiting
from tasks_app.lifecycle import Claim
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.services import Actor, execute_task
from tasks_app.states import Reason, Status, Trigger
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import LEASE, a_task, now_of

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS, ROUNDS = 8, range(4)


def all_execute(user, task) -> list[Any]:
    """What rivals get who execute the task at the same moment."""
    return at_once(lambda _: execute_task(Actor(user, Trigger.API), task), range(RIVALS))


@pytest.mark.parametrize("_", ROUNDS)
def test_of_eight_rivals_one_has_the_run(ada, _):
    told = all_execute(ada, a_task(ada, unique_runs="refuse"))

    [run] = [each for each in told if isinstance(each, TaskExecution)]
    assert told.count(AlikeIsLive) == RIVALS - 1
    assert TaskExecution.objects.get() == run


@pytest.mark.parametrize("_", ROUNDS)
def test_of_eight_that_replace_each_other_the_last_stays(ada, _):
    told = all_execute(ada, a_task(ada, unique_runs="replace"))

    assert all(isinstance(each, TaskExecution) for each in told)
    assert TaskExecution.objects.live().count() == 1
    assert TaskExecution.objects.ended_with(Status.REVOKED, Reason.OVERLAP).count() == RIVALS - 1


@pytest.mark.parametrize("_", ROUNDS)
def test_a_run_is_replaced_before_it_starts_or_in_the_way_after(ada, _):
    task = a_task(ada, unique_runs="replace")
    actor = Actor(ada, Trigger.API)
    first = execute_task(actor, task)

    started, second = at_once(
        lambda verb: verb(),
        [
            lambda: lifecycle.claim([Claim(first.pk, uuid7())], worker="w", pid=1, lease=LEASE),
            lambda: execute_task(actor, task),
        ],
    )

    assert TaskExecution.objects.live().count() == 1
    assert now_of(first).status == (Status.STARTED if started else Status.REVOKED)
    assert (second is AlikeIsLive) is bool(started)


def test_of_eight_rivals_one_has_the_period(ada):
    task = a_task(ada, unique_runs="refuse", unique_for=86400 * 365)
    first = execute_task(Actor(ada, Trigger.API), task)
    lifecycle.claim([claim := Claim(first.pk, uuid7())], worker="w", pid=1, lease=LEASE)
    lifecycle.succeed([(claim, None)])

    assert all_execute(ada, task) == [PeriodTaken] * RIVALS


def test_rivals_in_one_process_do_not_pass_the_cap(ada, settings):
    settings.WAITING_RUNS_PER_OWNER_MAX = 5

    told = all_execute(ada, a_task(ada))

    assert told.count(TooManyWaiting) == RIVALS - 5
    assert TaskExecution.objects.count() == 5
