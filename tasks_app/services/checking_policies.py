"""Policies of a task that must fit each other, and its job."""

from tasks_app.exceptions import Invalid
from tasks_app.models import Task
from tasks_app.registry import RegisteredJob
from tasks_app.states import Overlap


def check_policies(task: Task, job: RegisteredJob) -> None:
    """Raise Invalid, by field, for policies that contradict each other or do not fit the job."""
    _check_limits(task)
    _check_tries(task)
    _check_uniqueness(task, job)


def _check_limits(task: Task) -> None:
    if task.time_limit and task.soft_time_limit and task.soft_time_limit >= task.time_limit:
        sentence = "The soft limit must be shorter than the hard limit, or it never comes."
        raise Invalid({"soft_time_limit": [sentence]})


def _check_tries(task: Task) -> None:
    if both := sorted(set(task.retry_on) & set(task.fail_on)):
        sentence = f"{', '.join(both)}: also in fail_on, which is stronger. Name it once."
        raise Invalid({"retry_on": [sentence]})


def _check_uniqueness(task: Task, job: RegisteredJob) -> None:
    more = {"unique_keys": task.unique_keys, "unique_for": task.unique_for}
    if not task.unique_runs and (idle := [field for field, value in more.items() if value]):
        sentence = "It needs unique_runs: say there whether to refuse or to replace."
        raise Invalid({field: [sentence] for field in idle})
    if task.unique_runs and task.overlap == Overlap.CANCEL_OTHER:
        sentence = "With overlap=cancel_other each tick would be excluded by the run it cancels."
        raise Invalid({"unique_runs": [sentence]})
    if unknown := [name for name in task.unique_keys if not job.accepts(name)]:
        sentence = f"{job.name} takes no argument called {', '.join(unknown)}."
        raise Invalid({"unique_keys": [sentence]})
