"""`/api/v1/tasks/{id}/`: changing a task, whole or in part."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.serializers.bodies_of_changes import ChangedTask, ReplacedTask
from tasks_app.api.serializers.flat_schedule import told_as_given
from tasks_app.api.serializers.reason import WithReason
from tasks_app.api.serializers.task import TaskSerializer
from tasks_app.api.shown_tasks import ShownTasks

CHANGED = schema.answers(200, TaskSerializer, "The task as it is now.", 404, 409, *schema.WITH_BODY)


class ChangesOfTask(ShownTasks):
    """A part of the resource `tasks`."""

    forms_of_bodies = {
        "update": ReplacedTask,
        "partial_update": ChangedTask,
        "enable": WithReason,
        "disable": WithReason,
    }

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=ReplacedTask,
        examples=examples.REPLACED_TASK,
        responses=CHANGED,
    )
    def update(self, request: Request, task_id: str) -> Response:
        """Replace a task: what the body does not say is as in a new one, but its key stays.

        Runs that exist keep the policies they were submitted with."""
        task = services.get_task(self.actor, task_id)
        with told_as_given(request.data):
            services.replace_task(self.actor, task, **self.body)
        return answer(TaskSerializer, self.shown(task.pk))

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=ChangedTask,
        examples=examples.CHANGED_TASK + examples.OUTCOME,
        responses=CHANGED,
    )
    def partial_update(self, request: Request, task_id: str) -> Response:
        """Change what the body says, and say what became of the present run: all or nothing."""
        task = services.get_task(self.actor, task_id)
        with told_as_given(request.data):
            services.patch_task(self.actor, task, **self.body)
        return answer(TaskSerializer, self.shown(task.pk))

    @extend_schema(parameters=[schema.ID_OF_TASK], request=WithReason, responses=CHANGED)
    @action(detail=True, methods=["post"])
    def enable(self, _: Request, task_id: str) -> Response:
        """Let the schedule of a task start it again."""
        task = services.get_task(self.actor, task_id)
        services.enable_task(self.actor, task, **self.body)
        return answer(TaskSerializer, self.shown(task.pk))

    @extend_schema(parameters=[schema.ID_OF_TASK], request=WithReason, responses=CHANGED)
    @action(detail=True, methods=["post"])
    def disable(self, _: Request, task_id: str) -> Response:
        """Keep the schedule of a task from starting it; people and programs still can."""
        task = services.get_task(self.actor, task_id)
        services.disable_task(self.actor, task, **self.body)
        return answer(TaskSerializer, self.shown(task.pk))
