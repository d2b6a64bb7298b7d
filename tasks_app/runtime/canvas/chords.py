"""The count of a chord: its last member submits the body, or fails it."""

import logging
from typing import Any

from celery.app.task import Context
from celery.canvas import chord, maybe_signature
from celery.result import AsyncResult
from django.db import transaction
from django_celery_results.backends.database import trigger_callback
from django_celery_results.models import ChordCounter  # type: ignore[attr-defined]

from tasks_app.runtime.canvas.parts import joining

logger = logging.getLogger(__name__)


def count_part(app: Any, request: Any) -> None:
    """Count a member in; the last one hands what all of them returned to the body.

    As django-celery-results does it, but the members are read in one query, not one by one.
    """
    if not request.id or not request.group:
        return
    counter = _count_down(request.group)
    if counter is None:
        return
    members = counter.group_result(app=app)
    with joining(each.id for each in members.results if isinstance(each, AsyncResult)):
        if members.ready():
            trigger_callback(app, maybe_signature(request.chord, app=app), members)


def fail_further(app: Any, body: Any, error: Any) -> None:
    """What waits for a body that never runs: its own body, if it is a chord, and the chord that it
    is a member of. Celery leaves both waiting."""
    if isinstance(body, chord) and body.body is not None:
        app.backend.chord_error_from_stack(maybe_signature(body.body, app=app), error)
    if outer := body.options.get("chord"):
        count_part(app, Context(id=body.id, group=body.options.get("group_id"), chord=outer))


@transaction.atomic
def _count_down(group_id: str) -> Any:
    """The counter, if this was the last member; None while others are to come."""
    counter = ChordCounter.objects.select_for_update().filter(group_id=group_id).first()
    if counter is None:
        logger.warning("group=%s has no chord that could be counted", group_id)
    elif counter.count > 1:
        counter.count -= 1
        counter.save(update_fields=["count"])
    else:
        counter.delete()
        return counter
    return None
