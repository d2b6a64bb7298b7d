"""`/api/v1/schedules/`."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import examples, schema
from tasks_app.api.answering import answer
from tasks_app.api.pages import page_of
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.bodies_of_schedules import NewPreview
from tasks_app.api.serializers.flat_schedule import told_as_given
from tasks_app.api.serializers.parameters import UpcomingParameters
from tasks_app.api.serializers.ticks import PreviewSerializer, UpcomingTickSerializer
from tasks_app.api.upcoming import answer_upcoming


class Schedules(Resource):
    """What schedules do and would do; tasks have them."""

    forms_of_parameters = {"upcoming": UpcomingParameters}
    forms_of_bodies = {"preview": NewPreview}

    @extend_schema(
        request=NewPreview,
        examples=examples.NEW_PREVIEW,
        responses=schema.answers(
            200,
            PreviewSerializer,
            "What it would do. Nothing is saved.",
            404,
            409,
            *schema.WITH_BODY,
        ),
    )
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Show the next fires of a schedule in two time zones, and say it in words."""
        with told_as_given(request.data):
            preview = services.preview_schedule(self.actor, **self.body)
        return answer(PreviewSerializer, preview)

    @extend_schema(
        parameters=[UpcomingParameters],
        responses=schema.answers(200, page_of(UpcomingTickSerializer), "The earliest first."),
    )
    @action(detail=False)
    def upcoming(self, request: Request) -> Response:
        """List the ticks that your schedules have before them."""
        return answer_upcoming(request, self.actor, **self.parameters)
