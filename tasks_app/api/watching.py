"""`/api/v1/alarms/` and `/api/v1/counters/`: what the installation tells of itself."""

from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import schema
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.parameters import PageParameters
from tasks_app.api.serializers.watching import (
    AlarmParameters,
    AlarmSerializer,
    CounterSerializer,
)


class Alarms(Resource):
    """What of the installation itself should live or move, and does not."""

    forms_of_parameters = {"list": AlarmParameters}

    @extend_schema(
        parameters=[AlarmParameters],
        responses=schema.answers(200, page_of(AlarmSerializer), "The newest first."),
    )
    def list(self, request: Request) -> Response:
        """List the alarms that are open, or those that ended. Superusers, and users with the
        permission to view alarms, see them; anybody else gets an empty list."""
        alarms = partial(services.get_alarms, self.actor)
        return answer_page(request, AlarmSerializer, alarms, **self.parameters)


class Counters(Resource):
    """How often something rare happened."""

    forms_of_parameters = {"list": PageParameters}

    @extend_schema(
        parameters=[PageParameters],
        responses=schema.answers(200, page_of(CounterSerializer), "By name."),
    )
    def list(self, request: Request) -> Response:
        """List what is counted. Superusers, and users with the permission to view counters, see it;
        anybody else gets an empty list."""
        counters = partial(services.get_counters, self.actor)
        return answer_page(request, CounterSerializer, counters, **self.parameters)
