"""Asking why, for every door."""

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

from tasks_app.exceptions import NotFound, NotScheduled
from tasks_app.models import Task, TaskExecution
from tasks_app.reporting.explaining import Explanation, explain, explain_tick
from tasks_app.scheduling.plan import Plan
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_moment
from tasks_app.services.finding import get_execution, get_task
from tasks_app.services.ticks import plan_of, timer_of


def why_task(actor: Actor, task: Task, at: datetime | None = None) -> Explanation:
    """Why a task runs or does not; with `at` (UTC if it says no zone) why that tick of it.

    Raises NotFound and Invalid.
    """
    task = get_task(actor, task.pk)
    try:
        if at is None:
            return explain(task)
        return explain_tick(task, check_moment("at", at), _plan_of(task))
    except ObjectDoesNotExist:
        raise NotFound("task", task.pk) from None


def why_execution(actor: Actor, execution: TaskExecution) -> Explanation:
    """Why a run is where it is. Raises NotFound."""
    try:
        return explain(get_execution(actor, execution.pk))
    except ObjectDoesNotExist:
        raise NotFound("execution", execution.pk) from None


def _plan_of(task: Task) -> Plan | None:
    try:
        return plan_of(*timer_of(task))
    except NotScheduled:
        return None
