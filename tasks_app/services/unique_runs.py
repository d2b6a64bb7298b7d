"""Runs that exclude each other: of those that are alike one is live, as the database decides."""

from django.db import IntegrityError, transaction

from tasks_app import lifecycle
from tasks_app.exceptions import AlikeComeAndGo, AlikeIsLive, PeriodTaken
from tasks_app.models import Task, TaskExecution
from tasks_app.models.control import database_time
from tasks_app.models.unique_keys import unique_keys_of
from tasks_app.services.actor import Actor
from tasks_app.states import WAITING, UniqueRuns

# What is in the way may end, or begin to wait, between the refusal and the look at it.
TRIES = 20


def submit_unique(actor: Actor, task: Task, run: TaskExecution, *, delayed: bool) -> None:
    """Submit a run that may be the only one of its kind; with `replace` it ends the one that waits.

    Raises NotUnique with the run that is in the way, and IntegrityError for anything else.
    """
    now = database_time() if task.unique_for else None
    run.unique_key, run.period_key = unique_keys_of(task, run.args, run.kwargs, now)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                _make_way(actor, task, run)
                lifecycle.submit([run], delayed=delayed)
            return
        except IntegrityError as error:
            _refuse(task, run, error)
    raise AlikeComeAndGo(task.name)


def _make_way(actor: Actor, task: Task, run: TaskExecution) -> None:
    if task.unique_runs == UniqueRuns.REPLACE:
        alike = TaskExecution.objects.alike(run.unique_key).values_list("pk", flat=True)
        for pk in lifecycle.supersede(list(alike)):
            actor.note("supersede", "execution", pk, after={"execution": str(run.pk)})
    if run.period_key:
        lifecycle.free_period(run.period_key)


def _refuse(task: Task, run: TaskExecution, error: IntegrityError) -> None:
    """Say which run is in the way; return if none is any more, or one that can be replaced."""
    if "period_key" in str(error):
        if other := TaskExecution.objects.of_period(run.period_key).only("pk").first():
            raise PeriodTaken(task.name, other.pk, task.unique_for or 0) from None
    elif "unique_key" in str(error):
        other = TaskExecution.objects.alike(run.unique_key).only("status").first()
        if other and not (task.unique_runs == UniqueRuns.REPLACE and other.status in WAITING):
            raise AlikeIsLive(task.name, other.pk, other.status) from None
    else:
        raise error
