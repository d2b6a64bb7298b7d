"""Questions to the broker: is it there, is it still the same, how many messages wait."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError, OperationalError
from kombu.transport import virtual
from redis.exceptions import ResponseError

from tasks_app.broker.connecting import PATIENCE, pooled_connection, producer_of

EPOCH = "belfry.epoch"


def lengths(queues: Iterable[str]) -> dict[str, int]:
    """How many messages wait in each queue, over all priorities.

    Raises what the transport raises.
    """
    counts = {}
    with _asking() as producer:
        for queue in queues:
            with _channel_to_lose(producer) as channel:
                try:
                    counts[queue] = channel.queue_declare(queue, passive=True).message_count
                except ChannelError:  # the queue does not exist until something was sent to it
                    counts[queue] = 0
    return counts


def check() -> None:
    """Ask for a sign of life. Raises OperationalError; returns within the time-outs."""
    with _asking() as producer:
        if not hasattr(producer.channel, "conn_or_acquire"):
            producer.connection.ensure_connection(
                max_retries=1, interval_start=0, interval_step=0, timeout=PATIENCE
            )
            return
        with producer.channel.conn_or_acquire() as client:
            client.ping()


def epoch() -> str | None:
    """What the broker is known by until it is wiped or replaced: a word that lies in it.

    Where there is none, this call leaves one; of several callers at once, one does. None where the
    transport is not Redis's. Raises OperationalError.
    """
    with _asking() as producer:
        channel = producer.channel
        if not hasattr(channel, "conn_or_acquire"):
            return None
        # Kombu puts its prefix before the keys of some commands, and of neither of these.
        key = f"{channel.global_keyprefix}{EPOCH}"
        with channel.conn_or_acquire() as client:
            known = client.get(key)
            if known is None:
                client.setnx(key, str(uuid4()))
                known = client.get(key)
    return known.decode() if known else None


def facts() -> dict[str, Any]:
    """What Redis or Valkey says of itself (INFO). Empty where it is another transport, or the user
    may not ask. Raises OperationalError."""
    with _asking() as producer:
        if not hasattr(producer.channel, "conn_or_acquire"):
            return {}
        with producer.channel.conn_or_acquire() as client:
            try:
                return dict(client.info())
            except ResponseError:
                return {}


@contextmanager
def _asking() -> Iterator[Any]:
    """A producer with a connection that stays open for the next question.

    Raises OperationalError while the broker is away.
    """
    connection = pooled_connection()
    try:
        with producer_of(connection) as producer:
            yield producer
    except connection.connection_errors as error:
        raise OperationalError(str(error)) from error


def _channel_to_lose(producer: Any) -> AbstractContextManager[Any]:
    """AMQP closes the channel that asks for a queue which does not exist; Kombu's own transports do
    not, and would connect anew for another one."""
    if isinstance(producer.channel, virtual.Channel):
        return nullcontext(producer.channel)
    return producer.connection.channel()  # type: ignore[no-any-return]
