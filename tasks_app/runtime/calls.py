"""From the options of `apply_async` to a call in the ledger."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import Celery
from django.utils import timezone

from tasks_app import registry, services
from tasks_app.models import TaskExecution
from tasks_app.models.ids import uuid7
from tasks_app.runtime.canvas.envelopes import as_plain, enclose
from tasks_app.runtime.routes import queue_of
from tasks_app.services import Call
from tasks_app.states import nearest_priority

# The execution whose end submits calls, where no job of this process makes them.
_cause: ContextVar[TaskExecution | None] = ContextVar("cause", default=None)


@contextmanager
def caused_by(execution: TaskExecution) -> Iterator[None]:
    """Let the calls in the block belong to this execution and its owner."""
    token = _cause.set(execution)
    try:
        yield
    finally:
        _cause.reset(token)


def is_following() -> bool:
    """Whether the end of an execution is submitting what waits for it."""
    return _cause.get() is not None


def submit(app: Celery, name: str, args: Any, kwargs: Any, given: Mapping[str, Any]) -> UUID:
    """Write the call down and return its id. Raises what services raise for a wrong call,
    and TooManyWaiting."""
    job = app.tasks.get(registry.resolve(name))
    options = {**_declared(job, given), **given}
    _refuse_serializer(options.get("serializer"))
    options = {**options, **_family(app, options)}
    route = (
        app.amqp.router.lookup_route(name, args, kwargs, options, options.get("task_type")) or {}
    )
    priority = nearest_priority(options.get("priority", route.get("priority")))
    eta, expires = options.get("eta"), options.get("expires")
    cause = _cause.get() or _running(app)
    call = Call(
        job=name,
        args=as_plain(list(args or ())),
        kwargs=as_plain(dict(kwargs or {})),
        queue=queue_of(options) or queue_of(route),
        priority=priority,
        run_at=moment(eta),
        countdown=_countdown(options.get("countdown")),
        expires_at=None if _is_number(expires) else moment(expires),
        expires_after=expires if _is_number(expires) else None,
        time_limit=seconds(options.get("time_limit")),
        soft_time_limit=seconds(options.get("soft_time_limit")),
        parent_id=cause.pk if cause else None,
        owner_id=cause.owner_id if cause else None,
        envelope=enclose(_without_usual(job, options)),
        # What a failed run hands to its errback is added by the claim.
        put_first=3 if options.get("errback_of") else 0,
        follows=is_following(),
        **_id(options.get("task_id")),
    )
    return services.submit_call(call).pk


def _declared(job: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the job declares for its calls; `apply_async` has it among its options already."""
    declared = {} if job is None or given.get("task_type") else job._get_exec_options()
    return {option: value for option, value in declared.items() if value is not None}


def _without_usual(job: Any, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """`apply_async` always says whether the result is ignored; what the job says needs no word."""
    if job is None or bool(options.get("ignore_result")) != bool(job.ignore_result):
        return options
    return {**options, "ignore_result": None}


def _family(app: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Root and parent of a call that a job makes, as Celery tells them."""
    parent = app.current_worker_task
    if parent is None:
        return {}
    request = parent.request
    return {
        "root_id": options.get("root_id") or request.root_id or request.id,
        "parent_id": options.get("parent_id") or request.id,
    }


def _running(app: Any) -> TaskExecution | None:
    parent = app.current_worker_task
    running = parent.request.get("running") if parent else None
    return running.execution if running else None


def _refuse_serializer(serializer: str | None) -> None:
    if serializer not in (None, "json"):
        raise ValueError(
            f"serializer={serializer!r} is not supported: arguments are kept as JSON. Leave it out."
        )


def _id(task_id: Any) -> dict[str, Any]:
    """An id of the caller's own makes the call repeatable: the second does nothing."""
    if not task_id:
        return {"id": uuid7()}
    try:
        return {"id": UUID(str(task_id)), "may_exist": True}
    except ValueError as error:
        raise ValueError(f"task_id must be a UUID, and {task_id!r} is none.") from error


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _countdown(value: float | None) -> float:
    """Not below zero; Celery takes what lies in the past for now."""
    return max(float(value or 0), 0.0)


def seconds(limit: float | None) -> int | None:
    """A limit in whole seconds, a part of one rounded up."""
    return math.ceil(limit) if limit else None


def moment(value: Any) -> datetime | None:
    """An aware moment from Celery's `eta` or `expires`: a datetime or its ISO text."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
