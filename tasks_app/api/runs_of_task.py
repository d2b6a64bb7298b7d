"""`/api/v1/tasks/{id}/`: the runs of a task."""

from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.serializers.bodies import NewExecution
from tasks_app.api.serializers.execution import ExecutionDetailSerializer, ExecutionSerializer
from tasks_app.api.serializers.parameters import RunParameters
from tasks_app.api.serializers.task import CancelledTaskSerializer, StatusSerializer
from tasks_app.api.shown_tasks import ShownTasks

ID_IN_PATH = r"[0-9A-Za-z-]{1,100}"


class RunsOfTask(ShownTasks):
    """A part of the resource `tasks`."""

    forms_of_parameters = {"executions": RunParameters}
    forms_of_bodies = {"execute": NewExecution}

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=NewExecution,
        examples=examples.NEW_EXECUTION,
        responses=schema.answers(
            202, ExecutionSerializer, "Submitted.", 404, 409, 429, *schema.WITH_BODY
        ),
    )
    @action(detail=True, methods=["post"])
    def execute(self, _: Request, task_id: str) -> Response:
        """Run a task now, or at `run_at`, or after `countdown` seconds."""
        task = services.find_task(self.actor, task_id)
        execution = services.execute_task(self.actor, task, **self.body)
        return answer(ExecutionSerializer, execution, 202)

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
        return Response(CancelledTaskSerializer(self.shown(task_id), context=context).data, 202)

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        responses=schema.answers(200, StatusSerializer, "Its state.", 404, 409),
    )
    @action(detail=True)
    def status(self, _: Request, task_id: str) -> Response:
        """Show the state of a task without its definition."""
        return answer(StatusSerializer, self.shown(task_id))

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
        operation_id="tasks_execution_retrieve",
        parameters=[schema.ID_OF_EXECUTION],
        responses=schema.answers(200, ExecutionDetailSerializer, "The run.", 404),
    )
    @action(detail=False, url_path=f"executions/(?P<execution_id>{ID_IN_PATH})")
    def execution(self, _: Request, execution_id: str) -> Response:
        """Show a run, as `executions/{execution_id}/` does."""
        run = services.get_execution(self.actor, execution_id)
        return answer(ExecutionDetailSerializer, run)
