"""`/api/v1/tasks/`."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import registry, services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.changes_of_task import ChangesOfTask
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.pauses import PausesOfTask
from tasks_app.api.runs_of_task import RunsOfTask
from tasks_app.api.serializers.bodies import NewTask
from tasks_app.api.serializers.flat_schedule import told_as_given
from tasks_app.api.serializers.job import JobSerializer
from tasks_app.api.serializers.parameters import (
    CountParameters,
    DeleteParameters,
    TaskParameters,
)
from tasks_app.api.serializers.task import (
    CountSerializer,
    CreatedTaskSerializer,
    TaskSerializer,
)
from tasks_app.api.shown_tasks import show
from tasks_app.api.ticks_of_task import TicksOfTask
from tasks_app.models import Task


class Tasks(ChangesOfTask, RunsOfTask, TicksOfTask, PausesOfTask):
    """What to run, with what, how eagerly. A detail path takes a task's id or its key."""

    forms_of_parameters = {
        **RunsOfTask.forms_of_parameters,
        **TicksOfTask.forms_of_parameters,
        "list": TaskParameters,
        "count": CountParameters,
        "destroy": DeleteParameters,
    }
    forms_of_bodies = {
        **ChangesOfTask.forms_of_bodies,
        **RunsOfTask.forms_of_bodies,
        **TicksOfTask.forms_of_bodies,
        **PausesOfTask.forms_of_bodies,
        "create": NewTask,
    }
    lookup_url_kwarg = "task_id"
    # All that an id or a key can be; anything else is no path of the API.
    lookup_value_regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"

    @extend_schema(
        parameters=[TaskParameters],
        responses=schema.answers(200, page_of(TaskSerializer), "The newest first."),
    )
    def list(self, request: Request) -> Response:
        """List your tasks; a superuser sees everybody's."""
        return answer_page(request, TaskSerializer, self._known, **self.parameters)

    @extend_schema(
        request=NewTask,
        examples=examples.NEW_TASK,
        responses=schema.answers(
            201, CreatedTaskSerializer, "Written down.", 409, 429, *schema.WITH_BODY
        ),
    )
    def create(self, request: Request) -> Response:
        """Define a task, which is executed at once or by its schedule."""
        with told_as_given(request.data):
            task, execution = services.create_task(self.actor, **self.body)
        task.current = execution
        services.attach_schedules([task])
        return answer(CreatedTaskSerializer, task, 201)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        responses=schema.answers(200, TaskSerializer, "The task.", 404, 409),
    )
    def retrieve(self, _: Request, task_id: str) -> Response:
        """Show a task with progress, result and error of the run its status comes from."""
        return answer(TaskSerializer, self.shown(task_id))

    @extend_schema(
        parameters=[schema.ID_OF_TASK, DeleteParameters],
        responses=schema.answers(204, None, "Deleted.", 404, 409, *schema.WITH_BODY),
    )
    def destroy(self, _: Request, task_id: str) -> Response:
        """Delete a task. What waits is revoked, and what runs is asked to stop."""
        services.delete_task(self.actor, services.get_task(self.actor, task_id), **self.parameters)
        return Response(status=204)

    @extend_schema(
        parameters=[CountParameters],
        responses=schema.answers(200, CountSerializer, "How many, by every word for a status."),
    )
    @action(detail=False)
    def count(self, _: Request) -> Response:
        """Count your tasks by their status; a superuser counts everybody's."""
        counted = services.count_tasks(self.actor, **self.parameters)
        total = sum(counted.values())
        return answer(CountSerializer, {"total": total, "by_status": counted})

    @extend_schema(
        responses=schema.answers(200, page_of(JobSerializer), "By name, all on one page.")
    )
    @action(detail=False)
    def registered(self, _: Request) -> Response:
        """List the jobs that tasks can name."""
        jobs = JobSerializer(registry.jobs(), many=True)
        return Response({"results": jobs.data, "next": None})

    def _known(self, **which: Any) -> Sequence[Task]:
        tasks = list(services.get_tasks(self.actor, **which))
        show(tasks)
        return tasks
