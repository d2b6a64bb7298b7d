"""Messages that our app did not make: each gets its row before its body runs, or is refused."""

import logging
import math
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings

from tasks_app import services
from tasks_app.broker import MARKER
from tasks_app.exceptions import Invalid
from tasks_app.models.connection import steady
from tasks_app.models.ids import is_uuid
from tasks_app.runtime.calls import moment, seconds
from tasks_app.runtime.canvas.envelopes import as_plain, enclose_request
from tasks_app.runtime.exceptions import RefusedMessage
from tasks_app.services import Call
from tasks_app.states import nearest_priority

logger = logging.getLogger(__name__)


def is_plain(name: str, request: Any) -> bool:
    """Whether it is one of Celery's own jobs, which run as plain Celery unless a row asked."""
    return name.startswith("celery.") and not request.get(MARKER)


def adopt(job: Any, request: Any) -> None:
    """Write the message down as a call that waits; a duplicate finds the row of the first.

    It is acknowledged already, so it waits here for a database that is away.
    Raises RefusedMessage for what cannot be kept, and for every one in hardened mode.
    """
    if settings.REFUSE_FOREIGN_MESSAGES:
        _refuse(job, request, "Messages that were not made by Belfry are refused here.")
    if not is_uuid(request.id):
        _refuse(job, request, f"The id of a message must be a UUID, and {request.id!r} is none.")
    try:
        steady(partial(services.adopt_call, _call(job.name, request)), patience=math.inf)
    except (Invalid, ValueError, TypeError, OverflowError) as error:
        _refuse(job, request, f"The message cannot be kept. {error}")


def _call(name: str, request: Any) -> Call:
    delivery = request.delivery_info or {}
    return Call(
        id=UUID(request.id),
        job=name,
        args=as_plain(list(request.args or ())),
        kwargs=as_plain(dict(request.kwargs or {})),
        queue=delivery.get("routing_key") or "",
        # 0 is what a message has whose producer named none.
        priority=nearest_priority(delivery.get("priority") or None),
        expires_at=moment(request.expires),
        time_limit=seconds(request.time_limit),
        soft_time_limit=seconds(request.soft_time_limit),
        envelope=enclose_request(request),
        failed_tries=max(int(request.retries or 0), 0),
    )


def _refuse(job: Any, request: Any, sentence: str) -> NoReturn:
    logger.warning("message=%r job=%s refused: %s", request.id, job.name, sentence)
    services.count_refused_message()
    job.backend.tell_refused(request.id, RefusedMessage(sentence))
    raise RefusedMessage(sentence)
