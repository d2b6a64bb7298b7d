"""What can run, and what submits what waits for its end: put in by `runtime` at the start."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Parameter:
    """One parameter of a job; `hint` and `default` as they stand in the source."""

    name: str
    hint: str
    default: str
    required: bool


@dataclass(frozen=True)
class RegisteredJob:
    """A function that a worker can run."""

    name: str
    doc: str
    signature: inspect.Signature
    idempotent: bool
    queue: str

    @property
    def parameters(self) -> list[Parameter]:
        """The parameters in order, `*args` and `**kwargs` with their stars."""
        return [_describe(parameter) for parameter in self.signature.parameters.values()]

    def takes(self, name: str) -> bool:
        """Whether the job has a parameter called `name`."""
        return name in self.signature.parameters

    def accepts(self, name: str) -> bool:
        """Whether a keyword argument of that name fits: its own, or one that `**kwargs` takes."""
        kinds = {parameter.kind for parameter in self.signature.parameters.values()}
        return inspect.Parameter.VAR_KEYWORD in kinds or self.takes(name)

    def misfit(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Why these arguments do not fit the signature; empty if they do."""
        try:
            self.signature.bind(*args, **kwargs)
        except TypeError as error:
            return str(error)
        return ""


# The one built-in of Celery that people schedule.
CLEAN_UP = "celery.backend_cleanup"
# Our own, which beat submits at night and a superuser at any time.
PRUNING = "tasks_app.jobs.housekeeping.prune_executions"
_STARS: dict[Any, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _describe(parameter: inspect.Parameter) -> Parameter:
    empty = inspect.Parameter.empty
    starred = parameter.kind in _STARS
    return Parameter(
        name=_STARS.get(parameter.kind, "") + parameter.name,
        hint=""
        if parameter.annotation is empty
        else inspect.formatannotation(parameter.annotation),
        default="" if parameter.default is empty else repr(parameter.default),
        required=parameter.default is empty and not starred,
    )


_jobs: dict[str, RegisteredJob] = {}


def register(job: RegisteredJob) -> None:
    """Make `job` known to this process."""
    _jobs[job.name] = job


def resolve(name: str) -> str:
    """The name under which a job is known now; renamed ones are in `JOB_ALIASES`."""
    return str(settings.JOB_ALIASES.get(name, name))


def names_of(job: str) -> list[str]:
    """The names under which a job is known: its own, and its former ones."""
    return [job, *(alias for alias, name in settings.JOB_ALIASES.items() if name == job)]


def find(name: str) -> RegisteredJob | None:
    """The job that `name` or its alias means, if this process knows it."""
    return _jobs.get(resolve(name))


def can_run(name: str) -> bool:
    """Whether a worker can run it: a job, or the clean-up that Celery brings along."""
    return name == CLEAN_UP or find(name) is not None


def jobs() -> list[RegisteredJob]:
    """All that can run, by name."""
    return sorted(_jobs.values(), key=lambda job: job.name)


class _Following:
    # Takes the row of a run that ended, and the value that a success passes on.
    submit: Callable[[Any, Any], None]


def follow_with(submit: Callable[[Any, Any], None]) -> None:
    """Let `submit(row, value)` submit what waits for the end of a run."""
    _Following.submit = staticmethod(submit)


def what_follows(row: Any, value: Any) -> None:
    """Submit what waits for the end of this execution, which passes `value` on."""
    _Following.submit(row, value)
