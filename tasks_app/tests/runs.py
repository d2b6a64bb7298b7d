"""Rows in a given state, as the ledger itself would hold them, and what tests ask of them."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db.models.functions import Now

from tasks_app import lifecycle
from tasks_app.lifecycle import Claim
from tasks_app.models import Event, Task, TaskExecution
from tasks_app.states import FINAL, Status, Trigger

# Takes `seconds` and, if wanted, `param`.
JOB = "tasks_app.jobs.common_tasks.long_running_task"
LEASE = 15.0


def a_run(status: Status = Status.PENDING, **columns: Any) -> TaskExecution:
    """A stored execution in `status`; `columns` are what matters to the test."""
    defaults: dict[str, Any] = {"celery_task_name": JOB, "trigger": Trigger.CODE}
    if status != Status.PENDING:
        defaults |= {"attempt": 1, "claim_token": uuid4(), "started_at": Now(), "worker": "w@here"}
    if status == Status.STARTED:
        # A lease that no reaper of the test ends by chance; the verbs write real ones.
        defaults["lease_until"] = "2100-01-01T00:00Z"
    if status in FINAL:
        defaults["finished_at"] = Now()
    run = TaskExecution.objects.create(status=status, **(defaults | columns))
    run.refresh_from_db()
    return run


def a_task(owner: User, **fields: Any) -> Task:
    """A stored task that fits its job."""
    defaults = {"name": "a task", "celery_task_name": JOB, "args": [1]}
    task = Task.objects.create(owner=owner, **(defaults | fields))
    task.refresh_from_db()
    return task


def a_claim(run: TaskExecution, worker: str = "worker@here") -> Claim:
    """Start the run as a worker does, and return the claim that now holds it."""
    claim = Claim(run.pk, uuid4())
    assert lifecycle.claim([claim], worker=worker, pid=4711, lease=LEASE, code_version="c0de")
    return claim


def the_claim_on(run: TaskExecution) -> Claim:
    """The claim that holds a run, or held it last."""
    assert run.claim_token
    return Claim(run.pk, run.claim_token)


def a_zombie_on(run: TaskExecution) -> Claim:
    """A claim that somebody else's has overtaken."""
    return Claim(run.pk, uuid4())


def now_of(run: TaskExecution) -> TaskExecution:
    """The run as it is stored now."""
    return TaskExecution.objects.get(pk=run.pk)


def row_of(run: TaskExecution) -> dict[str, Any]:
    """Every column of the run as it is stored now: for "nothing has changed"."""
    row: Any = TaskExecution.objects.filter(pk=run.pk).values().get()
    return dict(row)


def told_of(subject: Task | TaskExecution) -> list[str]:
    """The verbs that the audit trail tells of a task or a run, in their order."""
    events = Event.objects.filter(subject_id=subject.pk).order_by("at", "id")
    return list(events.values_list("verb", flat=True))
