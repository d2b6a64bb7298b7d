"""From the options of `apply_async` to a call in the ledger."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import Celery
from django.utils import timezone
from kombu.utils import json as kombu_json

from tasks_app import registry, services
from tasks_app.models.ids import uuid7
from tasks_app.services import Call
from tasks_app.states import nearest_priority

# Parts of a canvas: until they have a place in the row they go through plain Celery.
_CANVAS = ("group_id", "chord", "chain", "link", "link_error", "root_id", "parent_id")


def is_managed(name: str, options: Mapping[str, Any]) -> bool:
    """Whether this call gets a row: a job that is registered here, called by itself."""
    return registry.find(name) is not None and not any(options.get(part) for part in _CANVAS)


def submit(app: Celery, name: str, args: Any, kwargs: Any, options: Mapping[str, Any]) -> UUID:
    """Write the call down and return its id. Raises what services raise for a wrong call."""
    parent = app.current_worker_task
    running = parent.request.get("running") if parent else None
    eta, expires = options.get("eta"), options.get("expires")
    call = Call(
        job=name,
        args=_plain(list(args or ())),
        kwargs=_plain(dict(kwargs or {})),
        queue=_queue(options.get("queue")),
        priority=nearest_priority(options.get("priority")),
        run_at=_moment(eta),
        countdown=float(options.get("countdown") or 0),
        expires_at=None if _is_number(expires) else _moment(expires),
        expires_after=expires if _is_number(expires) else None,
        time_limit=options.get("time_limit"),
        soft_time_limit=options.get("soft_time_limit"),
        parent_id=running.claim.id if running else None,
        owner_id=running.execution.owner_id if running else None,
        id=_id(options.get("task_id")),
    )
    return services.submit_call(call).pk


def _id(task_id: Any) -> UUID:
    if not task_id:
        return uuid7()
    try:
        return UUID(str(task_id))
    except ValueError as error:
        raise ValueError(f"task_id must be a UUID, and {task_id!r} is none.") from error


def _plain(value: Any) -> Any:
    """As Celery would send it: JSON with kombu's notation for dates, UUIDs and decimals."""
    return json.loads(kombu_json.dumps(value))


def _queue(queue: Any) -> str:
    return getattr(queue, "name", queue) or ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _moment(value: Any) -> datetime | None:
    """An aware moment from Celery's `eta` or `expires`: a datetime or its ISO text."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
