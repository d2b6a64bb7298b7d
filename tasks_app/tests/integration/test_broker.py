"""Doorbells on the real broker: what they carry, in which order they are served."""

from uuid import uuid4

import pytest
from celery.signals import after_task_publish, before_task_publish
from kombu.exceptions import OperationalError

from tasks_app import broker as bells
from tasks_app.broker import Doorbell
from tasks_app.states import Priority
from tasks_app.tests.doorbells import messages, pop


@pytest.fixture(autouse=True)
def _nothing_in_the_broker(broker):
    broker.wipe()


def a_doorbell(priority=Priority.NORMAL, queue="default"):
    return Doorbell(uuid4(), "some.job", queue, priority, 60, 50)


def test_a_message_names_its_run_and_its_job_and_carries_nothing_else():
    bell = a_doorbell()

    assert list(bells.ring([bell])) == []

    [message] = pop()
    assert (message.headers["id"], message.headers["task"]) == (str(bell.id), "some.job")
    assert message.headers["timelimit"] == [60, 50]
    assert message.headers[bells.MARKER] == 1
    assert (message.headers["eta"], message.headers["expires"]) == (None, None)
    assert message.payload[:2] == [[], {}]


@pytest.mark.parametrize("count", [1, 3], ids=["single", "in a batch"])
def test_a_message_tells_where_in_a_canvas_its_run_belongs(count):
    canvas = [
        a_doorbell()._replace(root_id=f"root {n}", parent_id=f"parent {n}", group_id=f"group {n}")
        for n in range(count)
    ]

    bells.ring(canvas)

    for n, message in enumerate(pop(count)):
        told = {name: message.headers[name] for name in ("root_id", "parent_id", "group")}
        assert told == {"root_id": f"root {n}", "parent_id": f"parent {n}", "group": f"group {n}"}


@pytest.mark.parametrize("count", [1, 2], ids=["single", "in a batch"])
def test_a_run_that_nothing_caused_is_its_own_root(count):
    alone = [a_doorbell() for _ in range(count)]

    bells.ring(alone)

    for bell, message in zip(alone, pop(count), strict=True):
        assert message.headers["root_id"] == str(bell.id)
        assert (message.headers["parent_id"], message.headers["group"]) == (None, None)


@pytest.mark.parametrize("signal", [before_task_publish, after_task_publish])
def test_code_that_listens_to_celerys_publishes_is_told_of_a_run(signal):
    told = []

    def listener(sender, headers, **_):
        told.append((sender, headers["id"]))

    signal.connect(listener)
    try:
        bells.ring([bell := a_doorbell()])
    finally:
        signal.disconnect(listener)

    assert told == [("some.job", str(bell.id))]
    assert pop()[0].headers["id"] == str(bell.id)


def test_a_single_push_is_one_round_trip_where_nobody_listens(broker):
    bells.ring([a_doorbell()])
    before = broker.commands()

    bells.ring([a_doorbell()])

    assert broker.commands() - before == {"lpush": 1}


def test_inside_a_queue_the_more_urgent_is_served_first():
    low, normal, high, critical = (a_doorbell(priority) for priority in Priority)

    bells.ring([normal, low, critical, high])

    served = [message.headers["id"] for message in pop(4)]
    assert served == [str(bell.id) for bell in (critical, high, normal, low)]


def test_a_queue_that_nobody_ever_used_is_empty():
    assert bells.lengths(["never used", "default"]) == {"never used": 0, "default": 0}


def test_what_did_not_go_out_is_told_and_nothing_raised(broker):
    rung, unrung = a_doorbell(), a_doorbell()
    bells.ring([rung])
    broker.kill()
    try:
        assert list(bells.ring([unrung])) == [unrung]
        with pytest.raises(OperationalError, match="refused"):
            bells.check()
    finally:
        broker.start()

    assert messages() == 1
    bells.check()
