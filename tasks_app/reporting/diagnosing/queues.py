"""Queues: where runs wait longer than they should, and what is held."""

from collections.abc import Iterator
from datetime import timedelta

from tasks_app import registry
from tasks_app.models import Pause, Task, TaskExecution, Worker
from tasks_app.models.waiting_queues import overdue_queues
from tasks_app.reporting.diagnosing.finding import Finding, counted, error, listed, note, warning
from tasks_app.reporting.explaining.moments import clock

LONG = timedelta(seconds=30)
# Runs are counted no further, and no more pauses named.
MOST, MOST_PAUSES = 10_000, 20


def look() -> Iterator[Finding]:
    held = Pause.objects.in_force().held()
    workers = list(Worker.objects.alive())
    for queue, (is_long,) in overdue_queues(LONG).items():
        if held.covers(queue, None):
            continue
        waiting = _waiting(queue)
        if not any(queue in worker.queues for worker in workers):
            yield error(
                f"Queue {queue} has {waiting}, and no living worker serves it.",
                f"Start a worker for it: celery -A config worker -Q {queue}.",
            )
        elif is_long:
            yield warning(
                f"Queue {queue} has {waiting}, the oldest for more than {LONG.seconds} s.",
                "Start more workers for it, or give them more slots (--concurrency).",
            )
    yield from _pauses()
    yield from _unknown_jobs()


def _waiting(queue: str) -> str:
    count = TaskExecution.objects.due().not_paused().on_queue(queue).count_up_to(MOST)
    return f"{count:,} or more waiting runs" if count == MOST else counted(count, "waiting run")


def _pauses() -> Iterator[Finding]:
    pauses = Pause.objects.in_force()
    for pause in pauses.newest_first().select_related("task")[:MOST_PAUSES]:
        what = f"task {pause.task.name}" if pause.task else pause.what
        until = f" until {clock(pause.expires_at)}" if pause.expires_at else ""
        who = f" by {pause.user_name}" if pause.user_name else ""
        yield note(f"Paused{who} since {clock(pause.created_at)}{until}: {what}.")
    if (more := pauses.count() - MOST_PAUSES) > 0:
        yield note(f"Besides, {counted(more, 'pause')}: see them in the admin, under Pauses.")


def _unknown_jobs() -> Iterator[Finding]:
    names = Task.objects.jobs_of_enabled()
    if unknown := sorted(name for name in names if not registry.can_run(name)):
        yield warning(
            f"Enabled tasks name jobs that nobody knows here: {listed(unknown)}.",
            "Install their code, add their new names to JOB_ALIASES, or disable the tasks.",
        )
