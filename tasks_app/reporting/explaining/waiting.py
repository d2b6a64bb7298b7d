"""Why a run has not started: its time has not come, or it waits for another run."""

from tasks_app.models import TaskExecution
from tasks_app.models.retrying_runs import MOST_RETRYING, RETRIES_PER_SECOND
from tasks_app.reporting.explaining.due import START_BEAT, explain_due
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.held import explain_held
from tasks_app.reporting.explaining.history import asked_by
from tasks_app.reporting.explaining.lateness import attempts_of, first_line
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at, clock
from tasks_app.states import Reason, Status, Trigger


def explain_waiting(run: TaskExecution, machines: Machines) -> Explanation:
    """Why a pending or retrying run has not begun its next attempt."""
    found = _explain(run, machines)
    lines = [asked_by(run), *_expiry(run, machines), *attempts_of(run)]
    return found.proven_by(*lines, *machines.evidence(run.queue))


def _explain(run: TaskExecution, machines: Machines) -> Explanation:
    if run.run_at is None:
        return _held_back(run, machines)
    if run.run_at > machines.now:
        return _early(run, machines)
    if held := explain_held(run, machines):
        return held
    return explain_due(run, machines)


def _expiry(run: TaskExecution, machines: Machines) -> list[str]:
    if run.expires_at is None or run.attempt:
        return []
    if run.expires_at <= machines.now:
        return [f"It expired at {clock(run.expires_at)}: no worker will start it any more."]
    return [f"It expires at {at(run.expires_at, machines.now)} unless it starts before."]


def _early(run: TaskExecution, machines: Machines) -> Explanation:
    """Its doorbell rings when it is due, by a beat."""
    assert run.run_at
    until = at(run.run_at, machines.now)
    advice = [] if machines.beat_lives else [f"{START_BEAT} Without one nothing rings for it then."]
    if run.status == Status.RETRY:
        sentence = f"It waits until {until}{_after_what(run)}."
        return Explanation("back_off", sentence, _crowd(run), advice)
    if run.attempt:
        sentence = (
            f"Worker {run.worker} was shut down and gave it back; it is due again at {until}."
        )
        return Explanation("given_back", sentence, advice=advice)
    return Explanation("delayed", f"It is delayed until {until}{_by_whom(run)}.", advice=advice)


def _after_what(run: TaskExecution) -> str:
    error = first_line(run.error)
    of = f" of {run.max_attempts}" if run.max_attempts else ""
    failed = f", because attempt {run.attempt}{of} did not succeed"
    return f"{failed}: {error.rstrip('.')}" if error else failed


def _crowd(run: TaskExecution) -> list[str]:
    """Where many wait like it, its turn may come later than its back-off says."""
    count = TaskExecution.objects.retrying_like(run).count_up_to(MOST_RETRYING)
    if count <= RETRIES_PER_SECOND:
        return []
    number = f"{count} or more" if count == MOST_RETRYING else f"{count}"
    return [
        f"{number} runs like it wait for another try; about {RETRIES_PER_SECOND} of them come due "
        "in a second."
    ]


def _by_whom(run: TaskExecution) -> str:
    """A tick is moved by its task's jitter; anything else by whoever asked for the run."""
    if run.trigger == Trigger.SCHEDULE and run.scheduled_for:
        return f", by the jitter of its task; its tick was {clock(run.scheduled_for)}"
    if run.triggered_by:
        return f", as {run.triggered_by.get_username()} asked"
    return ", as its caller asked"


def _held_back(run: TaskExecution, machines: Machines) -> Explanation:
    """It waits for something else than a time."""
    if run.reason != Reason.BUFFERED:
        return Explanation(run.reason or "held_back", Reason(run.reason).label)
    runs = (
        TaskExecution.objects.of_task(run.task_id) if run.task_id else run.__class__.objects.none()
    )
    earlier = runs.occupying().newest_first().without_documents().first()
    if earlier is None and machines.beat_lives:
        return Explanation("buffered", "The run it waited for has ended; beat lets it start now.")
    if earlier is None:
        sentence = "The run it waited for has ended, but no beat lives that would let it start."
        return Explanation("beat_down", sentence, advice=[START_BEAT])
    return Explanation(
        "buffered",
        f"It waits for run {earlier.pk} of the same task to end, which is {_state(earlier)}.",
        advice=["Cancel that run, or let the task's overlap policy allow runs side by side."],
    )


def _state(run: TaskExecution) -> str:
    if run.status == Status.STARTED and run.started_at:
        return f"running on {run.worker} since {clock(run.started_at)}"
    return f"{run.status} since {clock(run.created_at)}"
