"""Why a run ended as it did: by its reason."""

from collections.abc import Callable

from tasks_app.models import TaskExecution
from tasks_app.reporting.cancelling import CancelState, cancel_state
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.history import actor_of, asked_by, last_act, why_of
from tasks_app.reporting.explaining.lateness import (
    ON_TIME,
    attempts_of,
    first_line,
    late_by,
    why_late,
)
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at, clock, span
from tasks_app.reporting.explaining.skipped import explain_skipped
from tasks_app.reporting.explaining.superseded import explain_superseded
from tasks_app.states import OnLost, Reason, Status

Teller = Callable[[TaskExecution, Machines], Explanation]


def explain_ended(run: TaskExecution, machines: Machines) -> Explanation:
    """What ended it and when, and how late it began."""
    if run.status == Status.SKIPPED:
        return explain_skipped(run, machines)
    tell = _BY_REASON.get(Reason(run.reason), _otherwise) if run.reason else _success
    began = f"It began at {clock(run.started_at)} on {run.worker}." if run.started_at else ""
    ended = f"It ended at {at(run.finished_at, machines.now)}." if run.finished_at else ""
    told = tell(run, machines).proven_by(
        asked_by(run), began, ended, _asked_too_late(run, machines), *attempts_of(run)
    )
    return told.proven_by(*why_late(run, machines))


def _asked_too_late(run: TaskExecution, machines: Machines) -> str:
    """That somebody wanted it stopped, if it ended otherwise."""
    if cancel_state(run) != CancelState.TOO_LATE or run.cancel_requested_at is None:
        return ""
    person = run.cancel_requested_by
    who = person.get_username() if person else "A program"
    return f"{who} asked it to stop at {at(run.cancel_requested_at, machines.now)}, too late."


def _success(run: TaskExecution, _: Machines) -> Explanation:
    late = late_by(run)
    cause = asked_by(run).removesuffix(".")
    if late is None:
        return Explanation("success", f"{cause}; attempt {run.attempt} succeeded.")
    if late > ON_TIME:
        return Explanation("ran_late", f"{cause}; it began {span(late)} late and succeeded.")
    return Explanation("success", f"{cause}; it began on time and succeeded.")


def _error(run: TaskExecution, _: Machines) -> Explanation:
    tries = f"It was tried {run.failed_tries + 1} times." if run.failed_tries else ""
    sentence = f"The job raised an error: {first_line(run.error)}"
    return Explanation(Reason.ERROR.value, sentence, [tries], ["The traceback says where."])


def _timeout(run: TaskExecution, _: Machines) -> Explanation:
    limits = {"soft limit": run.soft_time_limit, "hard limit": run.time_limit}
    told = " and ".join(f"{name} {value} s" for name, value in limits.items() if value)
    ran = ""
    if run.started_at and run.finished_at:
        ran = f" It ran for {span(run.finished_at - run.started_at)}."
    sentence = f"It ran longer than its time limit{f' ({told})' if told else ''}.{ran}"
    return Explanation(Reason.TIMEOUT.value, sentence, advice=["Raise the limit, or do less."])


def _lost(run: TaskExecution, machines: Machines) -> Explanation:
    sentence = (
        f"Its worker {run.worker} died or fell silent; a run of this job may not be repeated, "
        "so it was not tried again."
    )
    return Explanation(
        Reason.LOST.value,
        sentence,
        [machines.heard(run.worker), f"What happens to a lost run of it: {_on_lost(run)}."],
        ["If the job may be repeated, declare it idempotent or set on_lost to retry."],
    )


def _on_lost(run: TaskExecution) -> str:
    return OnLost(run.on_lost).label


def _poison(run: TaskExecution, machines: Machines) -> Explanation:
    sentence = (
        f"Its worker died {run.worker_deaths} times while it ran this; it is not tried again."
    )
    return Explanation(
        Reason.POISON.value,
        sentence,
        [machines.heard(run.worker)],
        ["Look for what kills the process: memory, a crash in a library."],
    )


def _expired(run: TaskExecution, machines: Machines) -> Explanation:
    limit = f" at {clock(run.expires_at)}" if run.expires_at else ""
    sentence = f"It was not started before it expired{limit}."
    due = f"It was due at {clock(run.run_at)} on queue {run.queue}." if run.run_at else ""
    last = machines.last_serving(run.queue)
    if last is None:
        served = f"No worker is known that ever served queue {run.queue}."
    else:
        began = f"which started at {clock(last.started_at)}"
        heard = f"was heard at {at(last.seen_at, machines.now)}"
        served = f"The last worker of queue {run.queue}, {last.hostname}, {began}, {heard}."
    return Explanation(Reason.EXPIRED.value, sentence, [due, served])


def _cancelled(run: TaskExecution, machines: Machines) -> Explanation:
    person = run.cancel_requested_by
    event = last_act(run.pk, "cancel")
    who = person.get_username() if person else actor_of(event) if event else "a program"
    asked = f" at {at(run.cancel_requested_at, machines.now)}" if run.cancel_requested_at else ""
    what = "while it ran" if run.attempt and run.started_at else "before it started"
    door = f"Cancelled by {actor_of(event)}." if event else ""
    sentence = f"It was cancelled by {who}{asked}, {what}."
    heard = f"Its worker heard of it at {clock(run.cancel_seen_at)}." if run.cancel_seen_at else ""
    facts = [door, why_of(event) if event else "", heard]
    return Explanation(Reason.CANCELLED.value, sentence, facts)


def _set_by_hand(run: TaskExecution, machines: Machines) -> Explanation:
    event = last_act(run.pk, "set_status")
    if event is None:
        return Explanation(Reason.SET_BY_HAND.value, f"Its outcome, {run.status}, was set by hand.")
    before = event.before.get("status", "unknown")
    when = at(event.at, machines.now)
    sentence = f"Its outcome was set to {run.status} by {actor_of(event)} at {when}."
    facts = [f"It was {before} before.", first_line(run.error), why_of(event)]
    return Explanation(Reason.SET_BY_HAND.value, sentence, facts)


def _unknown_job(run: TaskExecution, _: Machines) -> Explanation:
    return Explanation(
        Reason.UNKNOWN_JOB.value,
        f"The worker that got it knows no job {run.celery_task_name}.",
        [first_line(run.error)],
        ["Deploy the job to the workers, or add its new name to JOB_ALIASES."],
    )


def _shutdown(run: TaskExecution, machines: Machines) -> Explanation:
    sentence = (
        f"Its worker {run.worker} was shut down while it ran; a run of this job may not be "
        "repeated, so it was not tried again."
    )
    return Explanation(Reason.SHUTDOWN.value, sentence, [machines.heard(run.worker)])


def _otherwise(run: TaskExecution, _: Machines) -> Explanation:
    """The sentence of the closed list says it all."""
    return Explanation(run.reason, Reason(run.reason).label, [first_line(run.error)])


_BY_REASON: dict[Reason, Teller] = {
    Reason.ERROR: _error,
    Reason.TIMEOUT: _timeout,
    Reason.LOST: _lost,
    Reason.POISON: _poison,
    Reason.EXPIRED: _expired,
    Reason.CANCELLED: _cancelled,
    Reason.SET_BY_HAND: _set_by_hand,
    Reason.UNKNOWN_JOB: _unknown_job,
    Reason.SHUTDOWN: _shutdown,
    Reason.OVERLAP: explain_superseded,
}
