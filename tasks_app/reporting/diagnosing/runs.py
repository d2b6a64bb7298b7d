"""Runs: what should have stopped, what kills workers, what fails again and again."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from tasks_app.models import TaskExecution
from tasks_app.reporting.diagnosing.finding import Finding, counted, error, listed, warning
from tasks_app.states import Reason, Status

LATELY = timedelta(days=1)
# So many runs that wait for another try are a storm.
STORM = 1000
MOST = 20
_ADVICE = {
    Reason.POISON: "Each killed three workers. Look at memory and native code of the job before "
    "you run them again.",
    Reason.LOST: "Declare the jobs idempotent if they may be repeated (on_lost), and see why "
    "their workers died.",
    Reason.UNKNOWN_JOB: "Their workers run code without these jobs: restart workers before web "
    "when you upgrade.",
}


def look() -> Iterator[Finding]:
    runs = TaskExecution.objects
    overdue = [str(run.pk) for run in runs.cancel_overdue(settings.LEASE_SECONDS)[:MOST]]
    if overdue:
        yield error(
            f"Runs were asked to stop and go on beyond their grace: {listed(overdue)}.",
            "See whether their workers live; ending the worker's process ends them.",
        )
    for reason, advice in _ADVICE.items():
        ended = runs.failed_within(LATELY).ended_with(Status.FAILURE, reason).count_up_to(STORM)
        if ended:
            runs_ended = f"{counted(ended, 'run')}{' or more' if ended == STORM else ''}"
            yield warning(f"Within a day, {runs_ended} ended as `{reason}`.", advice)
    if (again := runs.in_status(Status.RETRY).count_up_to(STORM)) == STORM:
        yield warning(
            f"{again:,} runs or more wait for another try.",
            "Something that they need is away. Mend it, or pause the queue meanwhile.",
        )
