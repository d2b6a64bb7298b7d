"""After the database's clock was set back, nothing waits for the hour that was there before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks_app import lifecycle
from tasks_app.maintenance import Reaper, Relay, clock_steps, walking
from tasks_app.maintenance.clock_steps import Clamp
from tasks_app.models import Alarm, Beat, Control, TaskExecution, Worker
from tasks_app.states import OnLost, Reason, Status
from tasks_app.tests.ageing import age
from tasks_app.tests.runs import LEASE, a_claim, a_run, now_of

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def reaper():
    """One that has looked, and found nothing wrong."""
    reaper = Reaper()
    reaper.reap()
    return reaper


def set_back(seconds=HOUR):
    """What is stored lies ahead by that much."""
    age(-seconds)


def ahead(moment):
    """In seconds."""
    return (moment - timezone.now()).total_seconds()


def watch(reaper, seconds):
    reaped = []
    for _ in range(seconds // 4):
        age(4)
        reaped += reaper.reap()
    return reaped


def test_a_dead_workers_run_does_not_wait_for_its_old_lease(reaper):
    run = a_run(on_lost=OnLost.FAIL)
    a_claim(run)
    set_back()

    reaper.reap()

    assert ahead(now_of(run).lease_until) <= LEASE
    assert watch(reaper, 24) == [run.pk]


def test_a_living_workers_run_goes_on(reaper):
    claim = a_claim(a_run())
    set_back()

    for _ in range(8):
        age(4)
        lifecycle.renew([claim], lease=LEASE)
        assert reaper.reap() == []


def test_a_lease_as_long_as_workers_ask_for_is_left_alone(reaper):
    run = a_run()
    a_claim(run)
    lease = now_of(run).lease_until

    reaper.reap()

    assert now_of(run).lease_until == lease


def test_a_run_that_should_start_at_once_may_start(reaper):
    run = a_run()
    set_back()

    reaper.reap()

    assert a_claim(run)
    assert not TaskExecution.objects.ahead().exists()


def test_what_was_meant_for_later_still_waits(reaper):
    run = a_run(reason=Reason.DELAYED, run_at=Now() + timedelta(hours=5), published_at=None)
    set_back()

    reaper.reap()

    assert ahead(now_of(run).run_at) > 5 * HOUR
    assert now_of(run).published_at is None


def test_a_delay_before_another_try_begins_anew(reaper):
    """As long as it was meant to be: it is told by the end of the try before."""
    run = a_run()
    lifecycle.retry(a_claim(run), 300, lifecycle.Failing("OSError: no route"))
    set_back()

    reaper.reap()

    assert 240 < ahead(now_of(run).run_at) <= 300
    assert not TaskExecution.objects.ahead().exists()


def test_a_delay_that_began_after_the_step_is_left_alone(reaper):
    set_back()
    run = a_run()
    lifecycle.retry(a_claim(run), 300, lifecycle.Failing("OSError: no route"))
    before = now_of(run).run_at

    reaper.reap()

    assert now_of(run).run_at == before


def test_what_a_pause_set_aside_is_due_when_it_comes_back(reaper):
    run = a_run(reason=Reason.PAUSED)
    set_back()

    reaper.reap()

    assert ahead(now_of(run).run_at) <= 0


def test_a_doorbell_of_the_future_is_one_of_now(reaper):
    """Else its row would not be missed until then."""
    run = a_run(run_at=Now() - timedelta(hours=2))
    set_back()

    reaper.reap()

    assert ahead(now_of(run).published_at) <= 0
    assert ahead(now_of(run).run_at) < -HOUR / 2


def test_a_dead_process_does_not_seem_to_live(reaper):
    Worker.objects.heard_from("worker@here", pid=1, held=["a run"])
    Beat.objects.heard_from("beat@here", pid=2, swept_at=Now())
    Alarm.objects.create(kind="worker_silent", sentence="Gone.", raised_by="beat@gone")
    set_back()

    reaper.reap()
    age(18)

    assert Worker.objects.held_ids() == set()
    assert not Beat.objects.alive().exists()
    assert Alarm.objects.to_be_ended_by("beat@here").exists()


def test_a_beat_that_ticks_and_does_not_sweep_does_not_seem_to(reaper):
    Beat.objects.heard_from("beat@here", pid=2, swept_at=Now())
    set_back()
    reaper.reap()
    age(16)

    Beat.objects.heard_from("beat@here", pid=2)

    assert not Beat.objects.alive().exists()


def test_a_broker_is_not_new_for_an_hour(reaper):
    Control.objects.update(broker_epoch="e", epoch_since=Now())
    set_back()

    reaper.reap()

    assert ahead(Control.objects.aggregate(at=Max("epoch_since"))["at"]) <= 0


def test_a_step_that_was_made_while_no_beat_ran_is_mended_by_the_first_that_comes():
    run = a_run()
    set_back()
    Control.objects.update(last_watch_at=None)

    Reaper().reap()

    assert a_claim(run)


def test_each_batch_is_mended_in_its_turn(reaper, monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 2)
    monkeypatch.setattr(walking, "TURN", 0)
    for _ in range(5):
        a_run()
    set_back()

    left = []
    for _ in range(4):
        reaper.reap()
        left.append(TaskExecution.objects.ahead().count())

    assert left == [3, 1, 0, 0]


def test_leases_are_mended_in_batches(monkeypatch):
    monkeypatch.setattr(clock_steps, "BATCH", 2)
    for _ in range(5):
        a_run(Status.STARTED)

    Clamp().clamp(was_set_back=False)

    assert not TaskExecution.objects.leased_ahead(timedelta(seconds=2 * LEASE)).exists()


def test_an_error_half_way_lets_the_next_look_begin_anew(reaper, monkeypatch):
    run = a_run()
    set_back()
    monkeypatch.setattr(clock_steps, "_bring_back", fail)
    with pytest.raises(RuntimeError):
        reaper.reap()
    monkeypatch.undo()

    reaper.reap()

    assert a_claim(run)


def fail(_):
    raise RuntimeError("no route")


def test_several_may_mend_at_once_and_again(reaper):
    run = a_run()
    set_back()
    for each in (Clamp(), Clamp()):
        each.clamp(was_set_back=True)
    before = now_of(run)

    Clamp().clamp(was_set_back=True)

    assert now_of(run).run_at == before.run_at


def test_a_look_with_nothing_to_mend_asks_for_leases_only(reaper):
    with CaptureQueriesContext(connection) as queries:
        reaper.reap()

    asked = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    # Was the clock set back? Leases ahead? The watch, and what it found.
    assert len(asked) == 4


def test_the_relay_finds_what_went_missing_before_the_step(reaper, monkeypatch):
    monkeypatch.setattr("tasks_app.broker.lengths", lambda queues: dict.fromkeys(queues, 0))
    monkeypatch.setattr("tasks_app.broker.ring", lambda bells: [])
    a_run(run_at=Now() - timedelta(minutes=1))
    set_back()
    reaper.reap()
    age(3)
    relay = Relay()

    assert (relay.ring_missing(), relay.ring_missing()) == (0, 1)
