"""A broker that was wiped is noticed within a second, and gets each message again, once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from config import celery_app
from tasks_app import broker as the_broker
from tasks_app import lifecycle
from tasks_app.maintenance import Relay, epoch, walking
from tasks_app.models import Control, Counter, TaskExecution
from tasks_app.states import Reason, Status
from tasks_app.tests import conftest
from tasks_app.tests.doorbells import messages, pop
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import a_run, now_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_in_the_broker(broker):
    broker.wipe()


@pytest.fixture
def relay():
    """One that has looked before."""
    relay = Relay()
    relay.ring_again()
    return relay


def wait(count, **columns):
    """So many runs that wait, each with its message."""
    moment = {"published_at": Now() - timedelta(seconds=5), "run_at": Now() - timedelta(minutes=1)}
    runs = [a_run(published_count=1, **(moment | columns)) for _ in range(count)]
    lifecycle.ring(runs)
    return runs


def counted(name):
    return sum(Counter.objects.filter(name=name).values_list("value", flat=True))


def test_the_first_broker_of_an_installation_is_no_change():
    wait(3)

    assert Relay().ring_again() == 0

    control = Control.objects.get()
    assert control.broker_epoch == the_broker.epoch()
    assert (control.epoch_since, counted("epoch_changes")) == (None, 0)


def test_a_broker_that_is_the_same_gets_nothing_again(relay):
    wait(3)

    assert (relay.ring_again(), Relay().ring_again()) == (0, 0)

    assert messages() == 3


def test_a_wiped_broker_gets_every_message_again_once(relay, broker):
    wait(6)
    wait(2, queue="reports")
    broker.wipe()

    assert relay.ring_again() == 8

    assert (relay.ring_again(), Relay().ring_again()) == (0, 0)
    assert (messages(), messages("reports")) == (6, 2)
    assert (counted("epoch_changes"), counted("republished")) == (1, 8)


def test_a_broker_that_is_wiped_again_gets_them_again(relay, broker):
    wait(3)
    for _ in range(2):
        broker.wipe()
        assert relay.ring_again() == 3

    assert counted("epoch_changes") == 2


def test_relays_at_once_ring_once_for_each_run(relay, broker):
    wait(40)
    broker.wipe()

    at_once(lambda each: each.ring_again(), [relay, Relay(), Relay()])

    assert messages() == 40
    assert counted("epoch_changes") == 1


def test_only_what_waits_for_a_worker_is_rung_for(relay, broker):
    waits, runs = wait(1), wait(1, status=Status.STARTED)
    paused = wait(1, reason=Reason.PAUSED)
    later = wait(1, reason=Reason.DELAYED, run_at=Now() + timedelta(hours=1), published_at=None)
    broker.wipe()

    relay.ring_again()

    assert pop()[0].headers["id"] == str(waits[0].pk)
    assert messages() == 0
    assert [now_of(run).published_count for run in (*runs, *paused, *later)] == [1, 1, 1]


def test_the_oldest_of_each_queue_come_first_and_each_look_goes_on(relay, broker, monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 2)
    monkeypatch.setattr(walking, "TURN", 0)
    runs = wait(5)
    for minutes, run in enumerate(runs):
        run_at = Now() - timedelta(minutes=minutes)
        TaskExecution.objects.filter(pk=run.pk).update(run_at=run_at)
    other = wait(1, queue="reports")
    broker.wipe()

    assert [relay.ring_again() for _ in range(5)] == [2, 1, 2, 1, 0]

    served = [message.headers["id"] for message in pop(5)]
    assert served == [str(run.pk) for run in reversed(runs)]
    assert pop(1, "reports")[0].headers["id"] == str(other[0].pk)


def test_nothing_is_counted_as_missing_while_it_is_rung_for(relay, broker, monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 2)
    monkeypatch.setattr(walking, "TURN", 0)
    wait(6)
    broker.wipe()
    relay.ring_again()

    assert (relay.ring_missing(), relay.ring_missing()) == (0, 0)


def test_each_row_is_read_once_however_many_there_are(relay, broker, monkeypatch):
    """Whatever was rung for is not looked at again for the next batch."""
    monkeypatch.setattr(walking, "BATCH", 5)
    wait(40)
    broker.wipe()

    with CaptureQueriesContext(connection) as queries:
        assert relay.ring_again() == 40

    walked = [each["sql"] for each in queries if f"LIMIT {walking.PIECE}" in each["sql"]]
    assert len(walked) == 2


def test_a_broker_that_goes_away_half_way_gets_the_rest_when_it_is_back(relay, broker, monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 2)
    wait(6)
    broker.wipe()
    ring = lifecycle.ring
    monkeypatch.setattr(lifecycle, "ring", lambda rows: ring(rows[:1]))

    assert relay.ring_again() == 1

    monkeypatch.undo()
    assert relay.ring_again() == 4


def test_while_the_broker_is_away_nothing_is_changed(relay, broker):
    before = Control.objects.values().get()
    broker.kill()
    try:
        with pytest.raises(OperationalError):
            relay.ring_again()
    finally:
        broker.start()

    assert Control.objects.values().get() == before


def test_a_relay_that_slept_does_not_bring_back_what_is_past(relay, monkeypatch):
    def asked_long_ago():
        Control.objects.update(broker_epoch="the present one")
        return "the one before"

    monkeypatch.setattr(the_broker, "epoch", asked_long_ago)
    epoch.note_epoch()

    assert Control.objects.get().broker_epoch == "the present one"
    assert counted("epoch_changes") == 0


def test_an_error_half_way_lets_the_walk_begin_anew(relay, broker, monkeypatch):
    wait(3)
    broker.wipe()
    monkeypatch.setattr(lifecycle, "mark_sent", fail)
    with pytest.raises(RuntimeError):
        relay.ring_again()
    monkeypatch.undo()

    assert relay.ring_again() == 3


def fail(*_):
    raise RuntimeError("no route")


def test_another_transport_has_no_epoch():
    with conftest._ringing(celery_app, "memory://"):
        assert the_broker.epoch() is None
        the_broker.check()
        assert Relay().ring_again() == 0

    assert Control.objects.get().broker_epoch == ""


def test_brokers_with_a_prefix_are_told_apart(broker, monkeypatch):
    prefixed = {**celery_app.conf.broker_transport_options, "global_keyprefix": "ours."}
    monkeypatch.setitem(celery_app.conf, "broker_transport_options", prefixed)
    with conftest._ringing(celery_app, broker.url + "?"):
        assert the_broker.epoch() == broker.client.get("ours.belfry.epoch").decode()
