"""A pause keeps what waits from starting, sets it aside and lets it go again in its order."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from tasks_app import lifecycle, services
from tasks_app.lifecycle import Claim
from tasks_app.maintenance.holding import Holding, end_expired
from tasks_app.models import Event, Pause, TaskExecution
from tasks_app.services import Actor
from tasks_app.states import Status
from tasks_app.tests.ageing import age
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import LEASE, a_run, a_task, now_of
from tasks_app.tests.schedules import ago

pytestmark = pytest.mark.django_db


def claims(run):
    return bool(lifecycle.claim([Claim(run.pk, uuid4())], worker="w", pid=1, lease=LEASE))


def where(run):
    """Its reason, and whether its doorbell rang."""
    run = now_of(run)
    return run.reason, run.published_at is not None


HELD, RUNG, QUIET = ("paused", False), ("", True), ("", False)


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """A broker that answers, and what it was given."""
    bells: list[Any] = []
    monkeypatch.setattr("tasks_app.broker.check", lambda: None)
    monkeypatch.setattr("tasks_app.broker.ring", bells.extend)
    return bells


@pytest.fixture
def held(root):
    """Everything is held."""
    return services.pause(Actor(root), everything=True)


def resume(root, pause):
    services.resume(Actor(root), pause)


def test_without_a_pause_the_sweep_touches_nothing(db):
    run = a_run()

    assert (Holding().hold_due(), where(run), claims(run)) == (0, RUNG, True)


def test_what_was_rung_for_is_not_claimed_under_a_pause(held, root):
    run = a_run()

    assert not claims(run)
    resume(root, held)
    assert claims(run)


def test_each_subject_holds_its_own_runs_only(ada, root):
    one, other = a_task(ada), a_task(ada)
    services.pause(Actor(ada), task=one)
    services.pause(Actor(root), queue="slow")
    runs = [
        a_run(task=one),
        a_run(queue="slow"),
        a_run(task=other),
        a_run(task=other, queue="slow"),
    ]
    free = a_run()

    assert Holding().hold_due() == 3
    assert [where(run) == HELD for run in runs] == [True, True, False, True]
    assert [claims(run) for run in [*runs, free]] == [False, False, True, False, True]


def test_an_expired_pause_holds_nothing(root):
    services.pause(Actor(root), everything=True, expires_in=10)
    run = a_run()

    age(11)

    assert Holding().hold_due() == 0
    assert claims(run)


def test_what_runs_goes_on(held):
    run = a_run(Status.STARTED)

    Holding().hold_due()

    assert where(run) == RUNG


@pytest.mark.parametrize(
    "columns",
    [
        {"reason": "delayed", "run_at": ago(hours=-5), "published_at": None},
        {"reason": "buffered", "run_at": None, "published_at": None},
        {"status": Status.RETRY, "reason": "back_off", "run_at": ago(hours=-5)},
    ],
)
def test_what_waits_for_something_else_goes_on_doing_so(held, columns):
    run = a_run(**columns)

    assert Holding().hold_due() == 0
    assert where(run)[0] == columns["reason"]


def test_what_was_delayed_is_held_when_it_is_due(held):
    holding, run = Holding(), a_run(reason="delayed", run_at=ago(seconds=-30), published_at=None)
    holding.hold_due()

    age(40)

    assert holding.hold_due() == 1
    assert where(run) == HELD


def test_a_retry_that_is_due_waits_as_a_retry_and_is_tried_again_after_it(held, root):
    run = a_run(Status.RETRY, reason="back_off", run_at=ago(seconds=5), published_at=None)
    holding = Holding()

    holding.hold_due()
    assert (now_of(run).status, where(run)) == (Status.RETRY, HELD)

    resume(root, held)
    assert holding.free_held() == 1
    assert (now_of(run).status, where(run)) == (Status.RETRY, RUNG)
    assert claims(run)


def test_it_keeps_when_it_was_due_and_comes_back_in_that_order(held, root, rung):
    late, early = a_run(run_at=ago(seconds=5)), a_run(run_at=ago(seconds=50))
    holding = Holding()
    holding.hold_due()
    resume(root, held)

    with TestCase.captureOnCommitCallbacks(execute=True):
        freed = holding.free_held()

    assert freed == 2
    assert [bell.id for bell in rung] == [early.pk, late.pk]
    assert [now_of(run).run_at for run in (late, early)] == [late.run_at, early.run_at]
    assert holding.free_held() == 0


def test_what_a_second_pause_holds_stays_held(root, ada):
    task = a_task(ada)
    whole = services.pause(Actor(root), everything=True)
    services.pause(Actor(ada), task=task)
    kept, freed = a_run(task=task), a_run()
    holding = Holding()
    holding.hold_due()

    resume(root, whole)
    holding.free_held()

    assert (where(kept), where(freed)) == (HELD, RUNG)


@pytest.mark.parametrize("subject", [{"queue": "slow"}, {"everything": True}])
def test_a_run_without_a_task_comes_back_while_a_task_is_held(root, ada, subject):
    pause = services.pause(Actor(root), **subject)
    services.pause(Actor(ada), task=a_task(ada))
    run, holding = a_run(queue="slow"), Holding()
    holding.hold_due()

    resume(root, pause)
    holding.free_held()

    assert where(run) == RUNG


def test_an_expired_pause_is_cleared_away_and_noted(root, ada):
    task = a_task(ada)
    pause = services.pause(Actor(ada), task=task, expires_in=10)
    run, holding = a_run(task=task), Holding()
    holding.hold_due()

    age(11)
    assert holding.free_held() == 1

    assert (where(run), Pause.objects.count()) == (RUNG, 0)
    events = Event.objects.filter(verb="resume")
    assert {(each.subject, each.subject_id) for each in events} == {
        ("pause", pause.pk),
        ("task", task.pk),
    }
    assert {(each.door, each.reason) for each in events} == {("system", "The pause expired.")}
    assert end_expired() == 0


def test_a_held_run_can_be_cancelled(held):
    run = a_run()
    Holding().hold_due()

    lifecycle.cancel([run.pk], lifecycle.Canceller(None))

    assert (now_of(run).status, now_of(run).reason) == (Status.REVOKED, "cancelled")


def test_what_expired_while_it_was_held_is_never_started(held, root):
    run = a_run(expires_at=ago(minutes=-1))
    holding = Holding()
    holding.hold_due()
    age(120)

    resume(root, held)
    holding.free_held()

    assert not claims(run)
    assert now_of(run).reason == "expired"


def test_while_the_broker_is_away_what_was_held_stays_as_it_is(held, root, monkeypatch):
    run, holding = a_run(), Holding()
    holding.hold_due()
    resume(root, held)

    def away():
        raise ConnectionError

    monkeypatch.setattr("tasks_app.broker.check", away)
    with pytest.raises(ConnectionError):
        holding.free_held()

    assert where(run) == HELD


def test_neither_the_relay_nor_its_count_sees_what_is_held(held):
    a_run(run_at=ago(minutes=5), published_at=ago(minutes=5))
    Holding().hold_due()

    assert not TaskExecution.objects.unsent().exists()
    assert not TaskExecution.objects.sent().exists()


def test_many_are_taken_in_batches_each_of_its_own(held, root, monkeypatch):
    monkeypatch.setattr("tasks_app.maintenance.holding.BATCH", 3)
    for _ in range(8):
        a_run()
    holding = Holding()

    assert (holding.hold_due(), holding.hold_due()) == (8, 0)
    resume(root, held)
    assert (holding.free_held(), holding.free_held()) == (8, 0)


def test_a_sweep_goes_on_where_the_last_one_ran_out_of_time(held, monkeypatch):
    monkeypatch.setattr("tasks_app.maintenance.holding.BATCH", 3)
    monkeypatch.setattr("tasks_app.maintenance.holding.LONGEST", 0.5)
    for _ in range(5):
        a_run()
    clock = iter(range(1000))
    monkeypatch.setattr("tasks_app.maintenance.holding.time.monotonic", lambda: next(clock) * 0.3)
    holding = Holding()

    assert (holding.hold_due(), holding.hold_due()) == (3, 2)


def test_what_was_locked_the_first_time_is_found_within_a_minute(held, monkeypatch):
    holding = Holding()
    a_run(run_at=ago(minutes=10))
    assert holding.hold_due() == 1
    passed_over = a_run(run_at=ago(minutes=10))
    assert holding.hold_due() == 0

    monkeypatch.setattr("tasks_app.maintenance.holding.WHOLE_LOOK_EVERY", 0.0)
    again = Holding()

    assert again.hold_due() == 1
    assert where(passed_over) == HELD


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(5))
def test_a_claim_that_begins_after_the_pause_never_wins(_, root):
    runs = [a_run() for _ in range(4)]

    pause = partial(services.pause, Actor(root), everything=True)
    at_once(lambda act: act(), [pause, *[partial(claims, run) for run in runs]])

    # Who was first started; nobody is started after the pause stands.
    late = [run for run in runs if now_of(run).status == Status.PENDING]
    assert not any(claims(run) for run in late)
    Holding().hold_due()
    assert all(where(run) == HELD for run in late)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_share_the_work(root):
    pause = services.pause(Actor(root), everything=True)
    runs = [a_run() for _ in range(30)]

    held: Any = at_once(lambda sweep: sweep.hold_due(), [Holding() for _ in range(3)])
    Holding().hold_due()
    assert sum(held) <= 30
    assert all(where(run) == HELD for run in runs)

    resume(root, pause)
    at_once(lambda sweep: sweep.free_held(), [Holding() for _ in range(3)])
    Holding().free_held()
    assert {now_of(run).published_count for run in runs} == {runs[0].published_count + 1}


@pytest.mark.postgresql
def test_without_pauses_a_sweep_is_one_probe_of_each_table(db):
    with CaptureQueriesContext(connection) as queries:
        Holding().hold_due()

    assert len(queries) == 1
