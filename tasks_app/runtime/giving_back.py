"""A worker that stops warmly gives back at once what it holds and has not begun.

Celery closes its channel only after the last run has ended, which may take as long as a job likes.
"""

import logging
from collections.abc import Callable
from typing import Any

from tasks_app.runtime.transport import Channel

logger = logging.getLogger(__name__)


def give_back_unbegun(worker: Any) -> None:
    """Close the channel that messages come by, which puts those that no child took back into their
    queues. Called once nothing more is consumed; what runs was acknowledged when it began."""
    if channel := _channel_of(worker):
        _quietly(channel.close)


def give_back_at_once(worker: Any) -> None:
    """The same in a signal's handler, where the channel may be in the middle of a reading: it
    stays open. What a child takes all the same is claimed by one of two."""
    if channel := _channel_of(worker):
        _quietly(channel.qos.restore_unacked_once)


def _channel_of(worker: Any) -> Channel | None:
    consumer = getattr(worker.consumer, "task_consumer", None)
    channel = getattr(consumer, "channel", None)
    return channel if isinstance(channel, Channel) else None


def _quietly(give_back: Callable[[], object]) -> None:
    try:
        give_back()
    except Exception as error:  # of any transport; the relay finds what is not given back
        logger.warning("messages that were not begun stay with this worker: %r", error)
