"""By what runs are compared that may not live together: a hash of the task and the arguments."""

import inspect
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from tasks_app import registry
from tasks_app.states import UniqueRuns


class WithUniqueRuns(Protocol):
    """What a task says of runs that are alike."""

    id: UUID
    celery_task_name: str
    unique_runs: str
    unique_keys: Any
    unique_for: int | None


class UniqueKeys(NamedTuple):
    """Of one run, as its row keeps them; None where no other run can be in its way."""

    unique_key: str | None
    period_key: str | None


NO_KEYS = UniqueKeys(None, None)


def unique_keys_of(
    task: WithUniqueRuns, args: Sequence[Any], kwargs: Mapping[str, Any], now: datetime | None
) -> UniqueKeys:
    """The keys of a run of `task` with these arguments, which is submitted at `now`.

    `now` is the database's time, and needed only where the task has `unique_for`. Periods are
    counted from 1970, so that every process knows the same.
    """
    if task.unique_runs == UniqueRuns.ANY:
        return NO_KEYS
    compared = _compared(task, args, kwargs)
    key = _key("u", task.id, compared)
    if not task.unique_for or now is None:
        return UniqueKeys(key, None)
    period = int(now.timestamp()) // task.unique_for
    return UniqueKeys(key, _key("p", task.id, compared, task.unique_for, period))


def _key(kind: str, task_id: UUID, *facts: Any) -> str:
    text = json.dumps([str(task_id), *facts], sort_keys=True, separators=(",", ":"))
    return f"{kind}:{sha256(text.encode()).hexdigest()}"


def _compared(task: WithUniqueRuns, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """All arguments by name, or those that the task names; one that is not given is left out."""
    named, further = _bound(task.celery_task_name, args, kwargs)
    if not task.unique_keys:
        return _canonical([named, further])
    known = {**further, **named}
    return _canonical({name: known[name] for name in task.unique_keys if name in known})


def _bound(
    job_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """By parameter of the job, and what only its `**` takes: `f(1)` and `f(x=1)` are the same.

    Arguments that do not fit are compared as they are.
    """
    job = registry.find(job_name)
    if job is None or job.misfit(args, kwargs):
        return {"": list(args)}, dict(kwargs)
    named = dict(job.signature.bind(*args, **kwargs).arguments)
    for name, parameter in job.signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            return named, named.pop(name, {})
    return named, {}


def _canonical(value: Any) -> Any:
    """With whole numbers as integers: a database may give 1.0 or 1e2 back as either."""
    if isinstance(value, float) and value.is_integer():
        # By its digits, as a database reads them: 1e23 as a binary number is another one.
        return int(Decimal(repr(value)))
    if isinstance(value, Mapping):
        return {name: _canonical(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value
