"""Doorbells on the real broker: what they carry, in which order they are served."""

from uuid import uuid4

import pytest
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
