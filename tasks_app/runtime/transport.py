"""Kombu's Redis transport, without its second copy of our messages.

Kombu notes in the broker which messages a worker holds, by two transactions each, so that another
worker gets them when this one dies. A doorbell needs no such care, for its row is found again; the
two made up half of what a worker's main process did. Messages of other producers keep it.
"""

import logging
from collections import OrderedDict
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis, virtual

from tasks_app.broker import MARKER

logger = logging.getLogger(__name__)


class QoS(redis.QoS):
    """What this worker holds: ours in its memory only, others in the broker too."""

    channel: Any
    _delivered: OrderedDict[str, Any]

    def append(self, message: Any, delivery_tag: str) -> None:
        if _is_doorbell(message):
            virtual.QoS.append(self, message, delivery_tag)
        else:
            super().append(message, delivery_tag)

    def ack(self, delivery_tag: str) -> None:
        if self._holds_doorbell(delivery_tag):
            virtual.QoS.ack(self, delivery_tag)
        else:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if not self._holds_doorbell(delivery_tag):
            super().reject(delivery_tag, requeue)
            return
        if requeue:
            self._give_back(self._delivered[delivery_tag])
        virtual.QoS.ack(self, delivery_tag)

    def restore_unacked(self, client: Any = None) -> None:
        """Give back what was not begun, at a shutdown; what cannot be given back is found by beat's
        relay.

        Never raises: after a lost connection the channel is half closed, and each part of kombu
        fails in its own way. An error would end the worker.
        """
        doorbells = [tag for tag in self._delivered if self._holds_doorbell(tag)]
        for message in [self._delivered.pop(tag) for tag in doorbells]:
            self._give_back(message)
        try:
            if self._delivered:
                super().restore_unacked(client)
        except Exception as error:
            logger.warning("messages of others are not given back: %r", error)

    def _holds_doorbell(self, delivery_tag: str) -> bool:
        return _is_doorbell(self._delivered.get(delivery_tag))

    def _give_back(self, message: Any) -> None:
        """To the front of its queue, where it came from. Never raises."""
        told = message.delivery_info
        try:
            with self.pipe_or_acquire() as pipe:
                self.channel._do_restore_message(
                    message._raw, told["exchange"], told["routing_key"], pipe
                )
                pipe.execute()
        except Exception as error:
            logger.warning("a doorbell was not given back: %r", error)


def _is_doorbell(message: Any) -> bool:
    return message is not None and bool(message.headers.get(MARKER))


class Message(virtual.Message):
    """One that can be taken in and answered. Raises ValueError for what only looks like one."""

    def __init__(self, payload: Any, channel: Any = None, **kwargs: Any) -> None:
        try:
            super().__init__(payload, channel=channel, **kwargs)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"no message: {error!r}") from error
        came_from = self.delivery_info
        known = isinstance(came_from, dict) and {"exchange", "routing_key"} <= came_from.keys()
        is_read = isinstance(self.headers, dict) and isinstance(self.body, str | bytes | None)
        if not (known and is_read and isinstance(self.delivery_tag, str)):
            raise ValueError("no message: its parts are not what they should be")


class Channel(redis.Channel):
    QoS = QoS
    Message = Message
    pool: Any
    _kept: Any = None

    def _brpop_read(self, **options: Any) -> Any:
        """What is no message at all would end the worker that took it. Raises Empty."""
        make: Any = super()
        try:
            return make._brpop_read(**options)
        except ValueError as error:  # no JSON, no text, or nothing that a message consists of
            logger.warning("what is no message was dropped from a queue: %s", error)
            raise Empty from None

    def _create_client(self, asynchronous: bool = False) -> Any:
        """One for each pool of connections: to make it costs half of what a push does."""
        make: Any = super()
        if asynchronous:
            return make._create_client(asynchronous)
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = make._create_client()
        return self._kept


class Transport(redis.Transport):
    Channel = Channel


def use_ours() -> None:
    """Let addresses that begin with `redis:` or `rediss:` be served by it, in this process."""
    ours = f"{__name__}:{Transport.__name__}"
    TRANSPORT_ALIASES.update(redis=ours, rediss=ours)
