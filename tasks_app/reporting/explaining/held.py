"""What a pause holds: who paused what, when and why, until when, and how many runs wait for it."""

from collections.abc import Iterable
from datetime import datetime

from tasks_app.models import Pause, Task, TaskExecution
from tasks_app.reporting.explaining.due import START_BEAT
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at
from tasks_app.states import Reason

# Runs under a pause are counted no further.
MOST_COUNTED = 10_000
CODE = Reason.PAUSED.value


def explain_held(run: TaskExecution, machines: Machines) -> Explanation | None:
    """Why a due run is held, or waits to be let go; None if no pause has to do with it."""
    pauses = list(Pause.objects.holding(run.queue, run.task_id))
    if pauses:
        return _held(pauses, "It is held", machines)
    if run.reason != Reason.PAUSED:
        return None
    if machines.beat_lives:
        return Explanation(CODE, "The pause that held it is over; beat lets it start in its turn.")
    sentence = "The pause that held it is over, but no beat lives that would let it start."
    return Explanation("beat_down", sentence, advice=[START_BEAT])


def explain_paused(
    task: Task, machines: Machines, moment: datetime | None = None
) -> Explanation | None:
    """Why nothing of a task starts, now or at a moment to come; None if no pause holds it then."""
    pauses = [pause for pause in pauses_over(task) if pause.holds_at(moment or machines.now)]
    return _held(pauses, "It is paused", machines) if pauses else None


def pauses_over(task: Task) -> list[Pause]:
    """The pauses that keep runs of a task from starting now, the oldest first."""
    return list(Pause.objects.holding(task.queue_for(task.priority), task.pk))


def attach_waiting(pauses: Iterable[Pause]) -> list[Pause]:
    """Note on each, as `waiting`, how many due runs wait for its end, counted up to
    `MOST_COUNTED`. One statement for all."""
    pauses = list(pauses)
    counts = TaskExecution.objects.due().count_covered(pauses, MOST_COUNTED)
    for pause in pauses:
        # One that somebody resumed meanwhile holds nothing.
        pause.waiting = counts.get(pause.pk, 0)
    return pauses


def wait_in_words(pause: Pause) -> str:
    """How many runs wait for its end, of a pause that knows it."""
    more = " or more" if pause.waiting == MOST_COUNTED else ""
    return "1 run waits" if pause.waiting == 1 else f"{pause.waiting}{more} runs wait"


def _held(pauses: list[Pause], begin: str, machines: Machines) -> Explanation:
    [first] = attach_waiting(pauses[:1])
    until = f"until {at(first.expires_at, machines.now)}" if first.expires_at else "until resumed"
    reason = f" (reason: {first.reason})" if first.reason else ""
    return Explanation(
        CODE,
        f"{begin}: {_who_and_when(first, machines)}{reason}, {until}; {wait_in_words(first)}.",
        [f"Besides, {_who_and_when(each, machines)}." for each in pauses[1:]],
        [f"Resume {first.what} to let it start."],
    )


def _who_and_when(pause: Pause, machines: Machines) -> str:
    who = pause.user_name or "a program"
    return f"{who} paused {pause.what} at {at(pause.created_at, machines.now)}"
