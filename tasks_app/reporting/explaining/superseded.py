"""Why a run that waited gave way to a newer one of its task."""

from tasks_app.models import TaskExecution
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.history import actor_of, last_act
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.moments import at
from tasks_app.states import Reason


def explain_superseded(run: TaskExecution, machines: Machines) -> Explanation:
    """Which run took its place, and who submitted that."""
    event = last_act(run.pk, "supersede")
    newer = f"the newer run {event.after['execution']}" if event else "a newer run"
    when = f" at {at(run.finished_at, machines.now)}" if run.finished_at else ""
    return Explanation(
        Reason.OVERLAP.value,
        f"It still waited{when}, and {newer} with the same arguments took its place.",
        [f"That one was submitted by {actor_of(event)}." if event else ""],
        ["Set unique_runs of the task to refuse if the run that waits shall stay."],
    )
