"""`/api/v1/pauses/`, and `pause` and `resume` below `/api/v1/tasks/{id}/`."""

from functools import partial

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.parameters import PageParameters
from tasks_app.api.serializers.pause import NewPause, PauseOfTask, PauseSerializer
from tasks_app.api.serializers.reason import WithReason

ID_OF_PAUSE = OpenApiParameter("pause_id", OpenApiTypes.UUID, OpenApiParameter.PATH)


class Pauses(Resource):
    """What is held: nothing of it starts, and what runs goes on."""

    forms_of_parameters = {"list": PageParameters}
    forms_of_bodies = {"create": NewPause, "destroy": WithReason}
    lookup_url_kwarg = "pause_id"
    lookup_value_regex = r"[0-9A-Za-z-]{1,100}"

    @extend_schema(
        parameters=[PageParameters],
        responses=schema.answers(200, page_of(PauseSerializer), "The newest first."),
    )
    def list(self, request: Request) -> Response:
        """List the pauses of your tasks, of queues and of everything; a superuser sees all."""
        pauses = partial(services.get_pauses, self.actor)
        return answer_page(request, PauseSerializer, pauses, **self.parameters)

    @extend_schema(
        request=NewPause,
        examples=examples.NEW_PAUSE,
        responses=schema.answers(201, PauseSerializer, "Paused.", 404, 409, *schema.WITH_BODY)
        | schema.SUPERUSERS_ONLY,
    )
    def create(self, _: Request) -> Response:
        """Pause a task, a queue or everything; once more replaces reason and end."""
        if name := self.body.pop("task", ""):
            self.body["task"] = services.find_task(self.actor, name)
        return answer(PauseSerializer, services.pause(self.actor, **self.body), 201)

    @extend_schema(
        parameters=[ID_OF_PAUSE],
        responses=schema.answers(200, PauseSerializer, "The pause.", 404),
    )
    def retrieve(self, _: Request, pause_id: str) -> Response:
        """Show a pause that is in force."""
        return answer(PauseSerializer, services.get_pause(self.actor, pause_id))

    @extend_schema(
        parameters=[ID_OF_PAUSE],
        request=WithReason,
        responses=schema.answers(204, None, "Resumed.", 404, *schema.WITH_BODY)
        | schema.SUPERUSERS_ONLY,
    )
    def destroy(self, _: Request, pause_id: str) -> Response:
        """Resume: what waited starts, the longest due first."""
        services.resume(self.actor, services.get_pause(self.actor, pause_id), **self.body)
        return Response(status=204)


class PausesOfTask(Resource):
    """A part of the resource `tasks`."""

    forms_of_bodies = {"pause": PauseOfTask, "resume": WithReason}

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=PauseOfTask,
        examples=examples.PAUSE_OF_TASK,
        responses=schema.answers(200, PauseSerializer, "Paused.", 404, 409, *schema.WITH_BODY),
    )
    @action(detail=True, methods=["post"])
    def pause(self, _: Request, task_id: str) -> Response:
        """Let no run of a task start until it is resumed; once more replaces reason and end."""
        task = services.find_task(self.actor, task_id)
        return answer(PauseSerializer, services.pause_task(self.actor, task, **self.body))

    @extend_schema(
        parameters=[schema.ID_OF_TASK],
        request=WithReason,
        responses=schema.answers(204, None, "Resumed.", 404, 409, *schema.WITH_BODY),
    )
    @action(detail=True, methods=["post"])
    def resume(self, _: Request, task_id: str) -> Response:
        """End the pause of a task: what waited starts, the longest due first."""
        task = services.find_task(self.actor, task_id)
        services.resume_task(self.actor, task, **self.body)
        return Response(status=204)
