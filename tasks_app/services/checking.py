"""What a task or a run must satisfy before it is written."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from tasks_app import registry
from tasks_app.exceptions import ArgumentsDoNotFit, ImpossibleSchedule, Invalid, UnknownJob
from tasks_app.models import Task
from tasks_app.models.validators import (
    validate_args,
    validate_argument_names,
    validate_error_names,
    validate_kwargs,
    validate_tags,
)
from tasks_app.registry import RegisteredJob
from tasks_app.scheduling.parts import moment_reader
from tasks_app.scheduling.plan import EARLIEST, LATEST
from tasks_app.services.checking_policies import check_policies
from tasks_app.states import OnLost, Priority, read_priority


def check_task(task: Task) -> None:
    """Raise Invalid, by field, for values that no task may have."""
    # Two empty keys would collide, two missing ones do not.
    task.key = task.key or None
    try:
        task.full_clean(
            exclude=["owner", "schedule"], validate_unique=False, validate_constraints=False
        )
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    _check_empty_values(task)
    job = check_arguments(task.celery_task_name, task.args, task.kwargs)
    if job.name == registry.PRUNING and not task.owner.is_superuser:
        raise Invalid({"celery_task_name": ["Only a superuser's task may prune the ledger."]})
    check_policies(task, job)


def _check_empty_values(task: Task) -> None:
    """Django looks at no empty value of a field that may be blank, whatever its kind."""
    for field in Task._meta.concrete_fields:
        if getattr(task, field.attname) is None and not field.null:
            raise Invalid({field.name: ["This field cannot be null."]})
    check_value("tags", task.tags, validate_tags)
    check_value("args", task.args, validate_args)
    check_value("kwargs", task.kwargs, validate_kwargs)
    check_value("retry_on", task.retry_on, validate_error_names)
    check_value("fail_on", task.fail_on, validate_error_names)
    check_value("unique_keys", task.unique_keys, validate_argument_names)


def check_value(field: str, value: Any, validate: Callable[[Any], None]) -> None:
    """Raise Invalid, by field, for a value that its validator refuses."""
    try:
        validate(value)
    except ValidationError as error:
        raise Invalid({field: error.messages}) from error


def check_arguments(name: str, args: list[Any], kwargs: dict[str, Any]) -> RegisteredJob:
    """The job that is to run. Raises UnknownJob and ArgumentsDoNotFit."""
    job = registry.find(name)
    if job is None:
        raise UnknownJob(name)
    if misfit := job.misfit(args, kwargs):
        raise ArgumentsDoNotFit(job.name, misfit)
    return job


def check_priority(value: int | str) -> Priority:
    """A priority from 1 to 4 or its word. Raises Invalid."""
    try:
        return read_priority(value)
    except ValueError:
        words = ", ".join(f"{priority.value} ({priority.name})" for priority in Priority)
        raise Invalid({"priority": [f"{value} is no priority. Use one of {words}."]}) from None


def check_moment(field: str, value: datetime | str) -> datetime:
    """The moment in UTC; without a zone it is UTC. Raises Invalid, also for far years."""
    try:
        moment = moment_reader(field)(value)
    except ImpossibleSchedule as error:
        raise Invalid({field: [str(error)]}) from None
    if not EARLIEST < moment < LATEST:
        raise Invalid({field: [f"Choose a year from {EARLIEST.year} to {LATEST.year - 1}."]})
    return moment


def check_number(field: str, number: float, most: int) -> None:
    """Raise Invalid, by field, for what is not from 1 to `most`."""
    if not 1 <= number <= most:
        raise Invalid({field: [f"Use a number from 1 to {most}."]})


def decide_on_lost(on_lost: str, job: RegisteredJob | None) -> OnLost:
    """What happens after a lost worker; `auto` asks the job whether it may be repeated."""
    if on_lost != OnLost.AUTO:
        return OnLost(on_lost)
    return OnLost.RETRY if job and job.idempotent else OnLost.FAIL
