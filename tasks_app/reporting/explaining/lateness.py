"""How late a run began, and the parts of the delay that rows prove."""

from datetime import timedelta

from tasks_app.models import TaskExecution
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import clock, span
from tasks_app.states import Trigger

# A run that begins so long after its moment is still on time.
ON_TIME = timedelta(seconds=10)
# Attempts named as evidence: the first ones.
MOST_ATTEMPTS = 10


def attempts_of(run: TaskExecution) -> list[str]:
    """The tries before this one, a line each."""
    if run.attempt <= 1 and not run.failed_tries:
        return []
    rows = run.attempts.defer("traceback")[:MOST_ATTEMPTS]
    return [
        f"Attempt {row.number} on {row.worker or 'no worker'} from {clock(row.started_at)} to "
        f"{clock(row.ended_at)}: {row.get_outcome_display()}. {first_line(row.error)}".rstrip()
        for row in rows
    ]


def first_line(text: str) -> str:
    """An error in one line of bounded length."""
    return text.strip().partition("\n")[0][:300]


def late_by(run: TaskExecution) -> timedelta | None:
    """From the moment it was meant for to its first start; None where the row cannot tell.

    Another attempt overwrites the first start.
    """
    if run.attempt != 1 or run.started_at is None:
        return None
    planned = run.scheduled_for if run.trigger == Trigger.SCHEDULE else run.run_at
    return run.started_at - (planned or run.created_at)


def why_late(run: TaskExecution, machines: Machines) -> list[str]:
    """The parts of the delay: fired late, due later by plan, waited in its queue."""
    late = late_by(run)
    if late is None or late <= ON_TIME or run.started_at is None or run.run_at is None:
        return []
    return [*_fired_late(run, machines), *_due_late(run), *_waited(run)]


def _fired_late(run: TaskExecution, machines: Machines) -> list[str]:
    planned = run.scheduled_for
    if run.trigger != Trigger.SCHEDULE or planned is None or run.created_at - planned <= ON_TIME:
        return []
    line = f"Beat fired it {span(run.created_at - planned)} after its moment."
    silence = machines.silence_of_beats(planned)
    return [line, f"No beat lived {silence}."] if silence else [line]


def _due_late(run: TaskExecution) -> list[str]:
    made = max(filter(None, [run.created_at, run.scheduled_for]))
    if run.run_at is None or run.run_at - made <= ON_TIME:
        return []
    return [
        f"It was due only at {clock(run.run_at)}: jitter, or an earlier run that it waited for."
    ]


def _waited(run: TaskExecution) -> list[str]:
    if run.started_at is None or run.run_at is None:
        return []
    waited = run.started_at - max(run.run_at, run.created_at)
    if waited <= ON_TIME:
        return []
    return [f"It waited {span(waited)} on queue {run.queue} after it was due."]
