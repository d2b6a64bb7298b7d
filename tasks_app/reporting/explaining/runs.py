"""Why one execution is where it is."""

from tasks_app.models import TaskExecution
from tasks_app.reporting.explaining.ended import explain_ended
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.running import explain_running
from tasks_app.reporting.explaining.waiting import explain_waiting
from tasks_app.states import FINAL, Status


def explain_run(subject: TaskExecution, machines: Machines | None = None) -> Explanation:
    """Why it waits, runs or ended so, as its row is now. Raises DoesNotExist if it was deleted."""
    run = TaskExecution.objects.with_task_name().without_documents().get(pk=subject.pk)
    machines = machines or Machines()
    if run.status in FINAL:
        return explain_ended(run, machines)
    if run.status == Status.STARTED:
        return explain_running(run, machines)
    return explain_waiting(run, machines)
