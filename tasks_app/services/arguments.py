"""Arguments as every door shows them: stored as sent, shown without secrets."""

from inspect import Parameter
from typing import Any, NamedTuple, Protocol

from tasks_app import registry
from tasks_app.redaction import redact, redact_positional

_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class WithArguments(Protocol):
    """A task, a run, or whatever else names a job and what it is called with."""

    celery_task_name: str
    args: Any
    kwargs: Any


class Arguments(NamedTuple):
    """Of one call."""

    args: list[Any]
    kwargs: dict[str, Any]


def shown_arguments(row: WithArguments) -> Arguments:
    """The arguments of `row` without secrets."""
    return Arguments(shown_args(row.celery_task_name, row.args), redact(row.kwargs))


def shown_args(job_name: str, args: list[Any]) -> list[Any]:
    """Positional arguments of a job without secrets, by the names that the job gives them."""
    return redact_positional(args, _positional_names(job_name))


def _positional_names(job_name: str) -> list[str]:
    job = registry.find(job_name)
    parameters = job.signature.parameters.values() if job else ()
    return [parameter.name for parameter in parameters if parameter.kind in _POSITIONAL]
