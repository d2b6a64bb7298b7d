"""Why a task runs, or does not: its live run, else its schedule, else its last run."""

from tasks_app.models import Task, TaskExecution
from tasks_app.reporting.explaining.explanation import Explanation
from tasks_app.reporting.explaining.firing import explain_schedule
from tasks_app.reporting.explaining.held import explain_paused
from tasks_app.reporting.explaining.machines import Machines
from tasks_app.reporting.explaining.runs import explain_run


def explain_task(subject: Task) -> Explanation:
    """The answer of its newest live run, with its schedule as evidence; without one the schedule's
    answer, with the last run as evidence. Raises DoesNotExist if the task was deleted."""
    task = Task.objects.select_related("schedule").get(pk=subject.pk)
    machines = Machines()
    schedule = explain_schedule(task, machines)
    runs = TaskExecution.objects.of_task(task.pk).newest_first().without_documents()
    live = runs.live().first()
    run = live or runs.first()
    paused = None if live else explain_paused(task, machines)
    if paused:
        schedule = paused.proven_by(schedule.sentence)
    if run is None:
        return _never_ran(schedule, machines)
    why = explain_run(run, machines)
    told = f"Its run {run.pk}: {why.sentence}"
    if paused or (live is None and schedule.code != "no_schedule"):
        return schedule.proven_by(told, machines.beat_line())
    return why.proven_by(told, schedule.sentence)


def _never_ran(schedule: Explanation, machines: Machines) -> Explanation:
    if schedule.code == "no_schedule":
        sentence = "It never ran: it has no schedule, and nobody executed it."
        return Explanation("never_ran", sentence, advice=["Execute it, or give it a schedule."])
    return schedule.proven_by("It never ran.", machines.beat_line())
