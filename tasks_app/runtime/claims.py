"""From Celery's request to the ledger's claim."""

import os
import time
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from kombu.utils import json as kombu_json

from tasks_app import lifecycle, registry
from tasks_app.lifecycle import Claim
from tasks_app.models import TaskExecution
from tasks_app.models.connection import steady
from tasks_app.models.envelopes import ENCODED
from tasks_app.runtime import spool, words
from tasks_app.runtime.canvas.envelopes import NEXT, tell
from tasks_app.runtime.canvas.following import errback_arguments
from tasks_app.runtime.exceptions import Dropped, Overtaken, Revoked
from tasks_app.runtime.running import Running
from tasks_app.states import Status, Trigger


def claim_of(request: Any) -> Claim | None:
    """The claim that this delivery may make or has made; None for plain Celery's own jobs."""
    # For a job that it does not know, Celery makes up a request that is no Context.
    ask = getattr(request, "get", None)
    if ask is None or not ask("claim_token"):
        return None
    return Claim(UUID(request.id), UUID(request.claim_token))


def begin(request: Any, job: str) -> Running:
    """Claim the row of this delivery and put its arguments into the request.

    Raises Dropped if the row is not to be had, Revoked if it never will be.
    """
    claim = claim_of(request)
    assert claim is not None
    proven_at = time.monotonic()
    execution = _claim(claim, job, request.hostname)
    running = Running(claim, execution, proven_at)
    if time.monotonic() - proven_at > settings.HEARTBEAT_SECONDS:
        _prove_again(running)
    request.running = running
    args, kwargs = _decoded(execution)
    if failed := execution.envelope.get("errback_of"):
        args = [*errback_arguments(current_app, failed), *args]
    # In place: the tracer keeps these two objects for its own hooks and signals.
    request.args[:] = args
    request.kwargs.update(_with_task_id(job, execution.task_id, args, kwargs))
    request.retries = execution.failed_tries
    tell(request, execution.envelope)
    _add_headers(request, execution)
    return running


def _prove_again(running: Running) -> None:
    """The answer to the claim came late: the lease is partly over, or somebody else's, before the
    body begins. Raises Dropped without a new proof."""
    try:
        running.renew(patience=settings.LEASE_SECONDS)
    except Overtaken as error:
        raise Dropped(f"the claim came too late: {error}") from error
    except Error as error:
        _keep_that_nothing_began(running.claim)
        raise Dropped(f"the claim came too late: {error}") from error


def _keep_that_nothing_began(claim: Claim) -> None:
    """The claim may stand all the same. A worker gives it back when the database is there, before
    a reaper takes a run that never began for a lost one."""
    spool.put(words.unclaim(claim))


def _claim(claim: Claim, job: str, hostname: str) -> TaskExecution:
    """Ask for as long as a lease lasts while the database is away; without proof nothing runs."""
    has_asked = False

    def ask() -> list[TaskExecution]:
        nonlocal has_asked
        connection.ensure_connection()
        has_asked = True
        return lifecycle.claim(
            [claim],
            worker=hostname,
            pid=os.getpid(),
            lease=settings.LEASE_SECONDS,
            code_version=settings.CODE_VERSION,
            jobs=registry.names_of(job),
        )

    try:
        rows = steady(ask, patience=settings.LEASE_SECONDS)
    except Error as error:
        if has_asked:
            _keep_that_nothing_began(claim)
        raise Dropped(f"the database is away: {error}") from error
    if not rows and TaskExecution.objects.among([claim.id]).in_status(Status.REVOKED).exists():
        raise Revoked("it was revoked before it started")
    if not rows:
        raise Dropped("not claimable")
    return rows[0]


def _decoded(execution: TaskExecution) -> tuple[list[Any], dict[str, Any]]:
    """The arguments, or what a retry put in their place; code's were encoded as Celery does."""
    given = execution.envelope.get(NEXT, {})
    stored = {"args": execution.args, "kwargs": execution.kwargs}
    if execution.trigger == Trigger.CODE or execution.envelope.get(ENCODED):
        given = {**stored, **given}
    decoded = {**stored, **kombu_json.loads(kombu_json.dumps(given))}
    return decoded["args"], decoded["kwargs"]


def _add_headers(request: Any, execution: TaskExecution) -> None:
    """What a schedule's row adds: its headers, and its name as django-celery-beat tells it."""
    headers = dict(execution.envelope.get("headers", {}))
    if execution.schedule_name:
        headers["periodic_task_name"] = execution.schedule_name
    if headers:
        request.headers = {**(request.headers or {}), **headers}
        # Jobs ask for them as attributes; none may stand in for what Celery itself says.
        request.update({name: text for name, text in headers.items() if name not in vars(request)})


def _with_task_id(
    name: str, task_id: UUID | None, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The keyword arguments, with the Task's id for a job that has a free `task_id=None`."""
    job = registry.find(name)
    if job is None or task_id is None or not job.takes("task_id"):
        return kwargs
    if job.signature.parameters["task_id"].default is not None:
        return kwargs
    bound = job.signature.bind_partial(*args, **kwargs).arguments
    return kwargs if "task_id" in bound else {**kwargs, "task_id": str(task_id)}
