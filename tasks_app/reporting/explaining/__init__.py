"""Why: a run, a task or a tick of its schedule is as it is, in a plain sentence with evidence."""

from tasks_app.models import Task, TaskExecution
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.runs import explain_run
from tasks_app.reporting.explaining.tasks import explain_task
from tasks_app.reporting.explaining.ticks import Planned, explain_tick

__all__ = ["Explanation", "Planned", "explain", "explain_tick"]


def explain(subject: Task | TaskExecution) -> Explanation:
    """Why a run waits, runs or ended as it did; or why a task does or does not run.

    Told from the rows as they are now and from what the broker answers, never from guesses: a
    part that does not answer is evidence. Few questions, each bounded. Raises DoesNotExist for a
    subject that was deleted.
    """
    return explain_task(subject) if isinstance(subject, Task) else explain_run(subject)
