"""The way in: whatever a door submits waits only if there is room, and only if it may be alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from tasks_app import lifecycle
from tasks_app.exceptions import TooManyWaiting
from tasks_app.models import Task, TaskExecution
from tasks_app.reporting import backlog
from tasks_app.services.actor import Actor
from tasks_app.services.unique_runs import submit_unique


@contextmanager
def room_for(owner_id: int | None, count: int = 1) -> Iterator[None]:
    """Let so many runs of one owner be submitted in the block, all or none.

    Raises TooManyWaiting.
    """
    if shortage := backlog.admit(owner_id, count):
        raise TooManyWaiting(
            shortage.waiting, shortage.most, shortage.seconds, is_own=shortage.is_own
        )
    try:
        yield
    except BaseException:
        backlog.give_up(owner_id, count)
        raise


def submit_run(
    actor: Actor, task: Task | None, run: TaskExecution, *, delayed: bool = False
) -> None:
    """Submit one run, of a task or of none, as its owner's caps and the task's `unique_runs` allow.

    Raises TooManyWaiting and NotUnique, and IntegrityError where the task was deleted meanwhile.
    """
    with room_for(run.owner_id):
        if task and task.unique_runs:
            submit_unique(actor, task, run, delayed=delayed)
        else:
            lifecycle.submit([run], delayed=delayed)
