"""Ringing doorbells: one message for each run."""

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

from celery import current_app, signals
from kombu.exceptions import OperationalError
from kombu.serialization import dumps

from tasks_app.broker.connecting import pooled_connection, producer_of
from tasks_app.broker.doorbell import BROKER_PRIORITY, MARKER, Doorbell

logger = logging.getLogger(__name__)

# Messages in one round trip.
AT_ONCE = 1000


def ring(bells: Sequence[Doorbell]) -> Sequence[Doorbell]:
    """Push one message for each; return those that may not have gone out. Never raises.

    Several share one round trip to the broker. One that is down costs at most the socket time-outs
    of the settings, once.
    """
    left = {bell.id: bell for bell in bells}
    try:
        connection = pooled_connection()
        # Kombu counts KeyError among them, which any mistake in one bell may raise.
        away = (OperationalError, *(set(connection.connection_errors) - {KeyError}))
        with producer_of(connection) as producer:
            for start in range(0, len(bells), AT_ONCE):
                for rung in _ring_some(producer, bells[start : start + AT_ONCE], away):
                    del left[rung.id]
    except Exception as error:  # each transport fails in its own way, and none may reach a caller
        logger.warning("doorbells=%d not rung: %r", len(left), error)
    return list(left.values())


def _ring_some(
    producer: Any, bells: Sequence[Doorbell], away: tuple[type[BaseException], ...]
) -> list[Doorbell]:
    """Those that went out. What a round trip for several lost, it may have delivered all the same:
    a doorbell too many is dropped by the claim."""
    if len(bells) == 1 and _is_somebody_told():
        return [bell for bell in bells if _is_rung(_push, producer, bell, away)]
    push = partial(_push_lean, _Bodies(current_app.amqp))
    with producer.batch(AT_ONCE) if len(bells) > 1 else nullcontext():
        return [bell for bell in bells if _is_rung(push, producer, bell, away)]


def _is_somebody_told() -> bool:
    """Whether this installation's own code wants Celery's signals or events of each publish."""
    told = (signals.before_task_publish, signals.after_task_publish)
    return current_app.conf.task_send_sent_event or any(signal.receivers for signal in told)


def _is_rung(
    push: Callable[[Any, Doorbell], None],
    producer: Any,
    bell: Doorbell,
    away: tuple[type[BaseException], ...],
) -> bool:
    """Push one; a bell that cannot be made into a message does not keep the others from ringing."""
    try:
        push(producer, bell)
    except away:
        raise
    except Exception as error:
        logger.warning("execution=%s cannot be rung for: %r", bell.id, error)
        return False
    return True


def _push(producer: Any, bell: Doorbell) -> None:
    amqp = current_app.amqp
    message = amqp.create_task_message(
        str(bell.id),
        bell.job,
        time_limit=bell.time_limit,
        soft_time_limit=bell.soft_time_limit,
        root_id=bell.root_id,
        parent_id=bell.parent_id,
        group_id=bell.group_id,
        create_sent_event=current_app.conf.task_send_sent_event,
        argsrepr="",
        kwargsrepr="",
    )
    amqp.send_task_message(
        producer,
        bell.job,
        message,
        queue=bell.queue,
        priority=BROKER_PRIORITY[bell.priority],
        headers={MARKER: 1},
        retry=False,
    )


class _Bodies:
    """Messages of one batch: those of the same job and limits differ by their ids only."""

    def __init__(self, amqp: Any) -> None:
        self._amqp = amqp
        self._made: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def of(self, bell: Doorbell) -> tuple[dict[str, Any], dict[str, Any], tuple[str, str, Any]]:
        """Headers, properties, and the body with its type and encoding."""
        key = bell.job, bell.time_limit, bell.soft_time_limit
        if key not in self._made:
            self._made[key] = self._make(bell)
        headers, properties, body = self._made[key]
        own = str(bell.id)
        ids = {"id": own, "root_id": bell.root_id or own, "parent_id": bell.parent_id}
        return (
            {**headers, **ids, "group": bell.group_id},
            {**properties, "correlation_id": own},
            body,
        )

    def _make(self, bell: Doorbell) -> tuple[Any, ...]:
        headers, properties, body, _ = self._amqp.create_task_message(
            str(bell.id),
            bell.job,
            time_limit=bell.time_limit,
            soft_time_limit=bell.soft_time_limit,
            argsrepr="",
            kwargsrepr="",
        )
        return {**headers, MARKER: 1}, properties, dumps(body, serializer="json")


def _push_lean(bodies: _Bodies, producer: Any, bell: Doorbell) -> None:
    """Without the events and signals of a single push, which would cost several times as much."""
    headers, properties, (content_type, encoding, body) = bodies.of(bell)
    producer.publish(
        body,
        exchange="",
        routing_key=bell.queue,
        content_type=content_type,
        content_encoding=encoding,
        headers=headers,
        priority=BROKER_PRIORITY[bell.priority],
        retry=False,
        **properties,
    )
