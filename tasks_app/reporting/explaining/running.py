"""Why a run is still running, and whether its worker still speaks for it."""

from django.conf import settings

from tasks_app.models import TaskExecution
from tasks_app.models.overdue_runs import grace_of
from tasks_app.reporting.explaining.due import START_BEAT
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.history import asked_by, last_act, why_of
from tasks_app.reporting.explaining.lateness import attempts_of, why_late
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at
from tasks_app.states import OnLost


def explain_running(run: TaskExecution, machines: Machines) -> Explanation:
    """Since when it runs and where; or that it was asked to stop; or that its worker is silent."""
    assert run.lease_until
    if run.lease_until < machines.now:
        found = _silent(run, machines)
    elif run.cancel_requested_at:
        found = _stopping(run, machines)
    else:
        found = _running(run, machines)
    lease = f"Its lease holds until {at(run.lease_until, machines.now)}."
    ended = f"Its lease ended at {at(run.lease_until, machines.now)}."
    return found.proven_by(
        asked_by(run),
        _progress(run, machines),
        ended if run.lease_until < machines.now else lease,
        machines.heard(run.worker),
        *attempts_of(run),
        *why_late(run, machines),
    )


def _running(run: TaskExecution, machines: Machines) -> Explanation:
    assert run.started_at
    number = f", attempt {run.attempt}" if run.attempt > 1 else ""
    since = at(run.started_at, machines.now)
    return Explanation("running", f"It runs on worker {run.worker} since {since}{number}.")


def _progress(run: TaskExecution, machines: Machines) -> str:
    if run.progress_at is None:
        return "It has told no progress."
    message = f": {run.progress_message}" if run.progress_message else ""
    return f"It told {run.progress:g} % at {at(run.progress_at, machines.now)}{message}."


def _stopping(run: TaskExecution, machines: Machines) -> Explanation:
    assert run.cancel_requested_at
    person = run.cancel_requested_by
    who = person.get_username() if person else "A program"
    asked = at(run.cancel_requested_at, machines.now)
    event = last_act(run.pk, "cancel")
    return Explanation(
        "stopping",
        f"{who} asked it to stop at {asked}; the job has not ended yet.",
        [
            why_of(event) if event else "",
            _heard(run, machines),
        ],
    )


def _heard(run: TaskExecution, machines: Machines) -> str:
    """Whether its worker knows, and what follows."""
    grace = f"{grace_of(run):g} s after"
    if run.cancel_seen_at is None:
        return f"Its worker has not heard of it yet, and stops it {grace} it has."
    return f"Its worker stops it {grace} it heard of it, at {at(run.cancel_seen_at, machines.now)}."


def _silent(run: TaskExecution, machines: Machines) -> Explanation:
    """The reaper decides, once it has watched for a full lease."""
    assert run.lease_until
    sentence = (
        f"Its worker {run.worker} fell silent: it has not renewed the lease that ended at "
        f"{at(run.lease_until, machines.now)}."
    )
    watch = f"once beat has watched for {settings.LEASE_SECONDS} s without a gap"
    advice = [] if machines.beat_lives else [START_BEAT]
    return Explanation(
        "silent", sentence, [f"It {_fate(run)} {watch}.", machines.beat_line()], advice
    )


def _fate(run: TaskExecution) -> str:
    """What the reaper makes of it."""
    if run.cancel_requested_at:
        return "ends as cancelled"
    if run.on_lost != OnLost.RETRY:
        return "ends as lost"
    before = f", unless the {run.worker_deaths} deaths before are too many," * bool(
        run.worker_deaths
    )
    return f"is tried again{before}"
