"""Tasks as answers show them: with the run and the schedule that they are known by."""

from tasks_app import services
from tasks_app.api.resource import Resource
from tasks_app.models import Task
from tasks_app.models.task import attach_current


class ShownTasks(Resource):
    """What the parts of the resource `tasks` do alike."""

    def shown(self, task_id: object) -> Task:
        """One task, by its id or key. Raises NotFound and KeyAmbiguous."""
        task = services.get_task(self.actor, str(task_id))
        show([task])
        return task


def show(tasks: list[Task]) -> None:
    """Attach to these tasks, which come from `with_status`, what their serializer tells."""
    attach_current(tasks)
    services.attach_schedules(tasks)
