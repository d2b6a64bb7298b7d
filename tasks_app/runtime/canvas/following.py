"""What waits for the end of a run, submitted by Celery's own canvas code.

Called in the transaction of a run's last word: by its worker, a reaper, or whoever cancels it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from celery import states
from celery.app.task import Context
from celery.exceptions import NotRegistered
from django.db import transaction

from tasks_app import lifecycle
from tasks_app.models import TaskExecution
from tasks_app.runtime.calls import caused_by
from tasks_app.runtime.canvas.chords import count_part
from tasks_app.runtime.canvas.envelopes import as_plain, tell
from tasks_app.runtime.canvas.parts import keep_part
from tasks_app.runtime.meta import result_of
from tasks_app.states import Status

_TOLD_TO_ERRBACKS = ("id", "task", "root_id", "parent_id", "group")


def follow(app: Any, row: TaskExecution, value: Any) -> None:
    """Submit what waits for the end of `row`, which passes `value` on if it is a success."""
    request = _request_of(row)
    with caused_by(row):
        if row.status == Status.SUCCESS:
            _go_on(app, request, value)
            if request.chord:
                keep_part(row, as_plain(value))
                count_part(app, request)
            return
        error = app.backend.exception_to_python(result_of(row))
        state = states.FAILURE if row.status == Status.FAILURE else states.REVOKED
        if request.chord:
            count_part(app, request)
        # Steps that never run have no row; their end is told by Celery's own table.
        app.backend._fail_chain(request.chain, error, row.traceback or None, state=state)
        if row.status == Status.FAILURE:
            app.backend._call_task_errbacks(request, error, row.traceback or None)


def _request_of(row: TaskExecution) -> Any:
    request = Context(id=str(row.pk), task=row.celery_task_name, delivery_info={})
    tell(request, row.envelope)
    return request


def _go_on(app: Any, request: Any, value: Any) -> None:
    """The callbacks and the next link of the chain, as celery.app.trace submits them."""
    family = {"parent_id": request.id, "root_id": request.root_id or request.id}
    for callback in request.callbacks or ():
        app.signature(callback).apply_async((value,), **family)
    if request.chain:
        *rest, following = request.chain
        app.signature(following).apply_async((value,), chain=rest, **family)


def submit_errback(app: Any, errback: Mapping[str, Any], request: Any) -> None:
    """Submit one errback of a failed run. One that cannot be is set aside; the others still run."""
    signature = app.signature(errback)
    family = {"parent_id": request.id, "root_id": request.root_id or request.id}
    try:
        with transaction.atomic():
            if signature.immutable or not _takes_request(app, signature):
                signature.apply_async((request.id,), **family)
                return
            failed = {name: getattr(request, name) for name in _TOLD_TO_ERRBACKS}
            options = {**signature.options, **family, "errback_of": failed}
            app.send_task(signature.task, signature.args, signature.kwargs, **options)
    except Exception as error:  # what is wrong with one errback may keep no other from running
        lifecycle.set_aside(UUID(request.id), f"the errback {signature.task}", error)


def _takes_request(app: Any, errback: Any) -> bool:
    """Whether it is called with request, error and traceback, or with the id alone: Celery's
    `Backend._call_task_errbacks` decides it like this."""
    try:
        header = getattr(errback.type, "__header__", None)
    except NotRegistered:
        return False
    if header is None or isinstance(header, partial):
        return False
    return bool(app.backend._errback_arity_greater(errback, 1))


def errback_arguments(app: Any, failed: Mapping[str, Any]) -> list[Any]:
    """Request, error and traceback of a failed run, which its errback is called with."""
    told = app.backend.get_task_meta(failed["id"], cache=False)
    request = Context(
        **{**failed, "args": told.get("args"), "kwargs": told.get("kwargs")},
        hostname=told.get("worker"),
        retries=told.get("retries") or 0,
        delivery_info={},
    )
    return [request, told.get("result"), told.get("traceback")]
