"""Arguments as every door shows them: stored as sent, shown without secrets."""

from collections.abc import Mapping
from inspect import Parameter
from typing import Any, NamedTuple, Protocol

from tasks_app import registry
from tasks_app.exceptions import Invalid
from tasks_app.redaction import redact, redact_positional, unredact

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


def meant_arguments(row: WithArguments, given: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody means who was shown the arguments of `row` and sends some of them back.

    `given` may have `args`, `kwargs` and others, which are passed over. A secret that is still
    masked keeps its stored value. Raises Invalid by field where a mask came to another place.
    """
    meant, errors = {}, {}
    for name, shown in shown_arguments(row)._asdict().items():
        if name not in given:
            continue
        try:
            meant[name] = unredact(given[name], shown, getattr(row, name))
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise Invalid(errors)
    return meant


def shown_args(job_name: str, args: list[Any]) -> list[Any]:
    """Positional arguments of a job without secrets, by the names that the job gives them."""
    return redact_positional(args, _positional_names(job_name))


def _positional_names(job_name: str) -> list[str]:
    job = registry.find(job_name)
    parameters = job.signature.parameters.values() if job else ()
    return [parameter.name for parameter in parameters if parameter.kind in _POSITIONAL]
