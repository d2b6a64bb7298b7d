"""What a worker holds: doorbells in its memory only, messages of others in the broker too."""

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from kombu import Consumer, Queue

from config import celery_app
from tasks_app import broker as bells
from tasks_app.broker import Doorbell
from tasks_app.runtime.giving_back import give_back_unbegun
from tasks_app.tests.doorbells import messages


@pytest.fixture(autouse=True)
def _nothing_in_the_broker(broker):
    broker.wipe()


@pytest.fixture
def worker(broker):
    """A connection that consumes one message at a time, as a worker's does."""
    with celery_app.connection_for_read() as connection:
        yield Holder(connection)


class Holder:
    """Takes messages and keeps them."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.held: list[Any] = []
        self.channel = connection.channel()
        self.consumer = Consumer(
            self.channel, [Queue("default")], on_message=self.held.append, prefetch_count=1
        )
        self.consumer.consume()

    def takes(self) -> Any:
        self.connection.drain_events(timeout=10)
        return self.held[-1]


def ring() -> str:
    bells.ring([bell := Doorbell(uuid4(), "some.job", "default", 2, None, None)])
    return str(bell.id)


def publish() -> str:
    """As another producer does."""
    with celery_app.connection_for_write() as connection:
        headers = {"id": (told := str(uuid4())), "task": "some.job"}
        connection.Producer().publish([[], {}, {}], routing_key="default", headers=headers)
    return told


@pytest.mark.parametrize("send, noted", [(ring, 0), (publish, 1)], ids=["ours", "another's"])
def test_only_messages_of_others_are_noted_in_the_broker(broker, worker, send, noted):
    send()

    message = worker.takes()

    assert broker.client.hlen("unacked") == noted
    message.ack()
    assert broker.client.hlen("unacked") == 0
    assert messages() == 0


def test_a_worker_takes_no_more_doorbells_than_it_may_hold(worker):
    ring()
    ring()

    first = worker.takes()

    with pytest.raises(TimeoutError):
        worker.connection.drain_events(timeout=0.2)
    first.ack()
    assert worker.takes().headers["id"] != first.headers["id"]


@pytest.mark.parametrize("send", [ring, publish], ids=["ours", "another's"])
def test_what_was_not_begun_is_given_back_to_the_front_at_a_shutdown(worker, send):
    taken, later = send(), send()
    worker.takes()

    worker.channel.close()

    with celery_app.connection_for_read() as connection, connection.channel() as opened:
        channel: Any = opened
        served = [channel.basic_get("default", no_ack=True).headers["id"] for _ in range(2)]
    assert served == [taken, later]


def test_a_worker_that_stops_gives_back_what_it_holds_before_its_runs_have_ended(broker, worker):
    taken = ring()
    worker.takes()
    consumer = SimpleNamespace(task_consumer=worker.consumer)

    give_back_unbegun(SimpleNamespace(consumer=consumer))
    give_back_unbegun(SimpleNamespace(consumer=consumer))

    with celery_app.connection_for_read() as connection, connection.channel() as opened:
        channel: Any = opened
        assert channel.basic_get("default", no_ack=True).headers["id"] == taken
    assert messages() == 0


PROPERTIES = {"delivery_tag": "t", "delivery_info": {"exchange": "", "routing_key": "default"}}
NO_MESSAGES: list[Any] = [
    7,
    None,
    [1],
    {"body": 7},
    {"properties": []},
    {"properties": PROPERTIES, "headers": 7},
    {"properties": PROPERTIES, "headers": {}, "body": 7},
    {"properties": {**PROPERTIES, "body_encoding": "of mine"}, "headers": {}, "body": "x"},
    {"properties": {**PROPERTIES, "delivery_tag": ["t"]}, "headers": {}},
    {"properties": {**PROPERTIES, "delivery_info": {}}, "headers": {}},
    {"properties": {**PROPERTIES, "delivery_info": 7}, "headers": {}},
]


@pytest.mark.parametrize("garbage", NO_MESSAGES, ids=json.dumps)
def test_json_that_is_no_message_ends_no_worker(broker, worker, garbage):
    broker.client.lpush("default", json.dumps(garbage))
    good = ring()

    assert worker.takes().headers["id"] == good


def test_what_was_done_is_not_given_back(worker):
    ring()
    worker.takes().ack()

    worker.channel.close()

    assert messages() == 0


@pytest.mark.parametrize("requeue, left", [(True, 1), (False, 0)])
def test_a_refused_doorbell_goes_back_only_if_that_is_asked_for(worker, requeue, left):
    ring()

    worker.takes().reject(requeue=requeue)

    assert messages() == left


def test_a_broker_that_is_gone_takes_doorbells_with_it_quietly(broker, worker):
    ring()
    worker.takes()
    broker.kill()
    try:
        worker.channel.qos.restore_unacked()
    finally:
        broker.start()

    assert messages() == 0


def test_a_channel_keeps_its_client_as_long_as_its_pool(broker):
    with celery_app.connection_for_write() as connection, connection.channel() as opened:
        channel: Any = opened
        first = channel._create_client()
        assert channel._create_client() is first

        channel._disconnect_pools()

        assert channel._create_client() is not first
        assert channel._create_client().ping()


def test_a_connection_that_was_lost_does_not_end_the_worker(worker, monkeypatch):
    """Kombu forgets whom a channel talks to before it gives back what the channel holds."""
    ring()
    worker.takes()
    channel = worker.channel
    with monkeypatch.context() as lost:
        lost.setattr(channel.connection, "client", None)
        lost.setattr(channel, "_pool", None)
        channel.qos.restore_unacked()

    assert not channel.qos._delivered
