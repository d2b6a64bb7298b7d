"""The beginning: a row in the caller's transaction, a doorbell when it commits."""

from collections.abc import Sequence

from django.db import transaction

from tasks_app.lifecycle.ring import ring
from tasks_app.models import TaskExecution
from tasks_app.models.single_rows import insert
from tasks_app.states import Reason


def submit(
    executions: Sequence[TaskExecution],
    *,
    delayed: bool = False,
    buffered: bool = False,
    may_exist: bool = False,
) -> None:
    """Insert new executions and ring for them on commit.

    The relay rings for delayed ones; buffered ones wait for an earlier run of their task to end.
    Of rows that `may_exist`, those that do stay as they are.

    The database marks them as published when they are inserted, so that the happy path is one
    INSERT and one push; a push that fails takes the mark back. Ringing never fails the caller.
    """
    for execution in executions:
        execution.reason = Reason.BUFFERED if buffered else Reason.DELAYED if delayed else ""
        if buffered:
            execution.run_at = None
        if delayed or buffered:
            execution.published_at = None
        execution.published_count = 0 if delayed or buffered else 1
    if len(executions) == 1 and not may_exist:
        insert(executions[0])
    else:
        TaskExecution.objects.bulk_create(executions, ignore_conflicts=may_exist)
    if not (delayed or buffered):
        # Django 5.2 logs an error of a robust hook by its name; for a partial, which has none,
        # it raises.
        transaction.on_commit(lambda: ring(executions), robust=True)


def adopt(execution: TaskExecution) -> None:
    """Insert a run whose message is in a worker's hands, unless its id is known. Nobody rings."""
    execution.published_count = 1
    TaskExecution.objects.bulk_create([execution], ignore_conflicts=True)
