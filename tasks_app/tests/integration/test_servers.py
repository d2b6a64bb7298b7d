"""The servers that the tests start are real, private, and can be hurt."""

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from config import celery_app
from tasks_app.tests.isolation import NO_BROKER
from tasks_app.tests.servers.broker import private_broker


def test_the_app_rings_the_private_broker(broker):
    with celery_app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1)
        assert connection.transport.driver_type == "redis"
        assert connection.port == broker.port


def test_without_asking_for_a_broker_nobody_answers():
    assert celery_app.conf.broker_url == NO_BROKER
    with (
        celery_app.connection_for_write() as connection,
        pytest.raises(connection.connection_errors),
    ):
        connection.connect()


def test_the_broker_wants_its_password(broker):
    with Redis(port=broker.port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()


def test_a_killed_broker_comes_back_with_its_messages():
    with private_broker() as broker:
        broker.client.lpush("queue", "message")
        broker.kill()

        broker.start()

        assert broker.client.lrange("queue", 0, -1) == [b"message"]
        broker.wipe()
        assert broker.client.llen("queue") == 0
