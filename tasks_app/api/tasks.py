"""`/api/v1/tasks/`."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import registry, services
from tasks_app.api import examples, schema
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.serializers.bodies import NewExecution, NewTask
from tasks_app.api.serializers.execution import ExecutionSerializer
from tasks_app.api.serializers.flat_schedule import told_as_given
from tasks_app.api.serializers.job import JobSerializer
from tasks_app.api.serializers.parameters import DeleteParameters, RunParameters, TaskParameters
from tasks_app.api.serializers.task import (
    CancelledTaskSerializer,
    CreatedTaskSerializer,
    StatusSerializer,
    TaskSerializer,
)
from tasks_app.api.ticks_of_task import TicksOfTask
from tasks_app.models import Task
from tasks_app.models.task import attach_current


class Tasks(TicksOfTask):
    """What to run, with what, how eagerly. A detail path takes a task's id or its key."""

    forms_of_parameters = TicksOfTask.forms_of_parameters | {
        "list": TaskParameters,
        "executions": RunParameters,
        "destroy": DeleteParameters,
    }
    forms_of_bodies = TicksOfTask.forms_of_bodies | {"create": NewTask, "execute": NewExecution}
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
            201, CreatedTaskSerializer, "Written down.", 409, *schema.WITH_BODY
        ),
    )
    def create(self, request: Request) -> Response:
        """Define a task, which is executed at once or by its schedule."""
        with told_as_given(request.data):
            task, execution = services.create_task(self.actor, **self.body)
        task.current = execution
        services.attach_schedules([task])
        return Response(CreatedTaskSerializer(task).data, 201)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        responses=schema.answers(200, TaskSerializer, "The task.", 404, 409),
    )
    def retrieve(self, _: Request, task_id: str) -> Response:
        """Show a task with progress, result and error of the run its status comes from."""
        return Response(TaskSerializer(self._get(task_id)).data)

    @extend_schema(
        parameters=[schema.ID_OF_TASK, DeleteParameters],
        responses=schema.answers(204, None, "Deleted.", 404, 409, *schema.WITH_BODY),
    )
    def destroy(self, _: Request, task_id: str) -> Response:
        """Delete a task. What waits is revoked, and what runs is asked to stop."""
        services.delete_task(self.actor, services.get_task(self.actor, task_id), **self.parameters)
        return Response(status=204)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=NewExecution,
        examples=examples.NEW_EXECUTION,
        responses=schema.answers(
            202, ExecutionSerializer, "Submitted.", 404, 409, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def execute(self, _: Request, task_id: str) -> Response:
        """Run a task now, or at `run_at`, or after `countdown` seconds."""
        task = services.get_task(self.actor, task_id)
        execution = services.execute_task(self.actor, task, **self.body)
        return Response(ExecutionSerializer(execution).data, 202)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=None,
        responses=schema.answers(
            202, CancelledTaskSerializer, "Stopped, or asked to stop.", 404, 409, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def cancel(self, _: Request, task_id: str) -> Response:
        """Stop all live runs of a task: what waits never starts, and what runs is asked to stop."""
        stopped = services.cancel_task(self.actor, services.get_task(self.actor, task_id))
        context = {"executions": stopped}
        return Response(CancelledTaskSerializer(self._get(task_id), context=context).data, 202)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        responses=schema.answers(200, StatusSerializer, "Its state.", 404, 409),
    )
    @action(detail=True)
    def status(self, _: Request, task_id: str) -> Response:
        """Show the state of a task without its definition."""
        return Response(StatusSerializer(self._get(task_id)).data)

    @extend_schema(
        parameters=[schema.ID_OF_TASK, RunParameters],
        responses=schema.answers(200, page_of(ExecutionSerializer), "The newest first.", 404, 409),
    )
    @action(detail=True)
    def executions(self, request: Request, task_id: str) -> Response:
        """List the runs of a task."""
        task = services.get_task(self.actor, task_id)
        runs = partial(services.get_executions, self.actor, task_id=task.pk)
        return answer_page(request, ExecutionSerializer, runs, **self.parameters)

    @extend_schema(
        responses=schema.answers(200, page_of(JobSerializer), "By name, all on one page.")
    )
    @action(detail=False)
    def registered(self, _: Request) -> Response:
        """List the jobs that tasks can name."""
        jobs = JobSerializer(registry.jobs(), many=True)
        return Response({"results": jobs.data, "next": None})

    def _get(self, task_id: str) -> Task:
        task = services.get_task(self.actor, task_id)
        attach_current([task])
        services.attach_schedules([task])
        return task

    def _known(self, **which: Any) -> Sequence[Task]:
        tasks = list(services.get_tasks(self.actor, **which))
        attach_current(tasks)
        services.attach_schedules(tasks)
        return tasks
