"""The relay rings for what the broker does not know of, and for nothing else."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from tasks_app import lifecycle, maintenance
from tasks_app.maintenance import Relay
from tasks_app.maintenance import relay as relaying
from tasks_app.models import Counter, TaskExecution, Worker
from tasks_app.states import Priority, Reason
from tasks_app.tests.ageing import age
from tasks_app.tests.doorbells import messages, pop
from tasks_app.tests.rivals import at_once
from tasks_app.tests.runs import JOB, a_claim, a_run, now_of

pytestmark = pytest.mark.django_db(transaction=True)
LONGER_THAN_THE_GRACE = 3


@pytest.fixture(autouse=True)
def _nothing_in_the_broker(broker):
    broker.wipe()


def submit(count=1, *, delayed=False, **columns):
    """New runs, as a service submits them."""
    runs = [TaskExecution(celery_task_name=JOB, trigger="code", **columns) for _ in range(count)]
    with transaction.atomic():
        lifecycle.submit(runs, delayed=delayed)
    return runs


def a_run_of_bulk():
    return TaskExecution(celery_task_name=JOB, trigger="code")


def test_a_submission_rings_once_and_the_relay_adds_nothing():
    [run] = submit()

    assert messages() == 1
    assert maintenance.ring_unsent() == 0

    run = now_of(run)
    assert run.published_at
    assert (messages(), run.published_count) == (1, 1)


def test_a_submission_that_is_rolled_back_rings_for_nothing():
    with transaction.atomic():
        submit()
        transaction.set_rollback(True)

    assert messages() == 0


def test_a_submission_while_the_broker_is_down_is_rung_for_when_it_is_back(broker):
    broker.kill()
    try:
        [run] = submit()
        assert now_of(run).published_at is None
        with pytest.raises(OperationalError):
            maintenance.ring_unsent()
        assert (now_of(run).published_at, now_of(run).published_count) == (None, 0)
    finally:
        broker.start()

    assert maintenance.ring_unsent() == 1
    assert maintenance.ring_unsent() == 0

    assert messages() == 1
    assert now_of(run).published_at


def test_a_delayed_run_is_rung_for_when_it_is_due_and_not_before():
    submit(delayed=True, run_at=Now() + timedelta(seconds=60))
    assert (maintenance.ring_unsent(), messages()) == (0, 0)

    age(seconds=61)

    assert (maintenance.ring_unsent(), messages()) == (1, 1)


def test_a_retry_is_rung_for_when_its_back_off_is_over():
    run = a_run()
    lifecycle.retry(a_claim(run), 60, lifecycle.Failing("it broke"))
    assert maintenance.ring_unsent() == 0

    age(seconds=61)

    assert maintenance.ring_unsent() == 1


def test_relays_at_once_ring_once_for_each_run():
    for _ in range(20):
        a_run(published_at=None)

    rung: Any = at_once(lambda _: maintenance.ring_unsent(), range(2))

    assert sum(rung) == messages() == 20
    assert set(TaskExecution.objects.values_list("published_count", flat=True)) == {1}


def test_what_waits_behind_a_deep_queue_is_never_rung_for_again():
    submit(50)
    relay = Relay()

    for _ in range(4):
        age(seconds=600)
        assert relay.ring_missing() == 0

    assert messages() == 50


def test_as_many_are_rung_for_as_are_missing_at_two_looks():
    submit(50)
    age(LONGER_THAN_THE_GRACE)
    pop(3)
    relay = Relay()

    assert (relay.ring_missing(), messages()) == (0, 47)
    assert (relay.ring_missing(), messages()) == (3, 50)

    age(LONGER_THAN_THE_GRACE)
    assert (relay.ring_missing(), relay.ring_missing()) == (0, 0)


def test_the_oldest_are_rung_for():
    runs = submit(5)
    TaskExecution.objects.filter(pk=runs[3].pk).update(run_at=Now() - timedelta(hours=1))
    age(LONGER_THAN_THE_GRACE)
    pop(1)
    relay = Relay()

    relay.ring_missing()
    relay.ring_missing()

    assert [run.pk for run in runs if now_of(run).published_count == 2] == [runs[3].pk]


def test_only_what_was_missing_at_both_looks_is_rung_for():
    runs = submit(5)
    age(LONGER_THAN_THE_GRACE)
    pop(3)
    relay = Relay()
    relay.ring_missing()

    a_claim(runs[0])

    assert relay.ring_missing() == 2


def test_a_message_that_was_pushed_a_moment_ago_is_not_missed(monkeypatch):
    monkeypatch.setattr(relaying, "GRACE", timedelta(seconds=60))
    submit(3)
    pop(3)
    relay = Relay()

    assert (relay.ring_missing(), relay.ring_missing()) == (0, 0)


def test_what_a_living_worker_holds_is_not_missing():
    submit(5)
    age(LONGER_THAN_THE_GRACE)
    held = [message.headers["id"] for message in pop(2)]
    Worker.objects.heard_from("worker@here", pid=1, held=held)
    relay = Relay()

    assert (relay.ring_missing(), relay.ring_missing()) == (0, 0)

    age(seconds=16)
    assert (relay.ring_missing(), relay.ring_missing()) == (0, 2)


def test_each_queue_is_counted_by_itself_over_all_priorities():
    submit(4, queue="default", priority=Priority.LOW)
    submit(4, queue="default", priority=Priority.CRITICAL)
    submit(4, queue="reports")
    age(LONGER_THAN_THE_GRACE)
    pop(2, "reports")
    relay = Relay()

    relay.ring_missing()
    assert relay.ring_missing() == 2

    assert (messages("default"), messages("reports")) == (8, 4)


def test_ten_thousand_that_wait_stay_ten_thousand_messages():
    runs = [a_run_of_bulk() for _ in range(10_000)]
    TaskExecution.objects.bulk_create(runs)
    assert lifecycle.ring(runs) == 10_000
    relay = Relay()

    for _ in range(3):
        age(LONGER_THAN_THE_GRACE)
        assert (relay.ring_again(), maintenance.ring_unsent(), relay.ring_missing()) == (0, 0, 0)

    assert messages() == 10_000


def test_a_queue_that_takes_long_to_count_is_counted_less_often(monkeypatch):
    monkeypatch.setattr(relaying, "QUICK", 0)
    monkeypatch.setattr(relaying, "SHARE", 10_000)
    submit(3)
    age(LONGER_THAN_THE_GRACE)
    pop(3)
    relay = Relay()
    assert (relay.ring_missing(), relay.ring_missing()) == (0, 0)

    relay._rests_until["default"] = 0

    assert relay.ring_missing() == 3


def test_a_look_rings_for_no_more_than_a_batch_of_each_queue(monkeypatch):
    monkeypatch.setattr(relaying, "BATCH", 4)
    submit(10)
    age(LONGER_THAN_THE_GRACE)
    pop(10)
    relay = Relay()

    assert (relay.ring_missing(), relay.ring_missing()) == (0, 4)
    assert messages() == 4


def test_relays_that_miss_the_same_messages_ring_once_for_each():
    submit(20)
    age(LONGER_THAN_THE_GRACE)
    pop(5)
    relays = [Relay(), Relay()]
    for relay in relays:
        relay.ring_missing()

    at_once(lambda relay: relay.ring_missing(), relays)

    assert messages() == 20


def test_a_message_that_was_marked_and_never_pushed_is_missed():
    """A relay died between the two."""
    run = a_run(published_at=None)
    with transaction.atomic():
        lifecycle.mark_sent([run])
    age(LONGER_THAN_THE_GRACE)
    relay = Relay()

    assert (relay.ring_missing(), relay.ring_missing()) == (0, 1)
    assert now_of(run).published_count == 2


def test_what_is_paused_is_neither_waited_for_nor_missed():
    submit(3)
    TaskExecution.objects.update(reason=Reason.PAUSED)
    age(LONGER_THAN_THE_GRACE)
    pop(3)
    relay = Relay()

    assert (relay.ring_missing(), relay.ring_missing(), maintenance.ring_unsent()) == (0, 0, 0)


def test_what_was_missing_is_counted():
    submit(5)
    age(LONGER_THAN_THE_GRACE)
    pop(3)
    relay = Relay()

    relay.ring_missing()
    relay.ring_missing()

    assert Counter.objects.get(name="republished").value == 3


def test_a_relay_keeps_its_connection_to_the_broker(broker):
    submit(3)
    age(LONGER_THAN_THE_GRACE)
    relay = Relay()
    looks = (relay.ring_again, maintenance.ring_unsent, relay.ring_missing)
    [look() for look in looks]
    before = broker.client.info()["total_connections_received"]

    for _ in range(3):
        a_run(published_at=None)
        [look() for look in looks]

    assert broker.client.info()["total_connections_received"] == before


def test_a_row_that_cannot_be_rung_for_keeps_no_other_from_ringing():
    bad = a_run(priority=7, published_at=None)
    good = [a_run(published_at=None) for _ in range(2)]

    assert maintenance.ring_unsent() == 2

    assert messages() == 2
    assert now_of(bad).published_at is None
    assert all(now_of(run).published_at for run in good)


def test_an_error_while_ringing_never_reaches_who_submitted(monkeypatch):
    def fail(executions):
        raise OperationalError("no answer")

    monkeypatch.setattr(sys.modules["tasks_app.lifecycle.submit"], "ring", fail)

    with transaction.atomic():
        [run] = submit()

    assert now_of(run).status == "pending"
