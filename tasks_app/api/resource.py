"""What every resource of the API does alike."""

from typing import Any, ClassVar, cast

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from tasks_app.api.compat import dialect_of
from tasks_app.api.compat.dialect import Translation
from tasks_app.api.reading import read_body, read_parameters
from tasks_app.api.request_ids import HEADER, request_id_of
from tasks_app.api.serializers.strict import Nothing
from tasks_app.services import Actor
from tasks_app.states import Trigger

WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}


class Door(APIView):
    """Who may ask, and the request's id in every answer."""

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer[HEADER] = request_id_of(request._request)
        return answer


class Resource(Door, ViewSet):
    """A noun with its actions. What an action may be told is declared, and read before it runs."""

    forms_of_parameters: ClassVar[dict[str, type[Serializer]]] = {}
    forms_of_bodies: ClassVar[dict[str, type[Serializer]]] = {}

    parameters: dict[str, Any]
    body: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action is None:  # the method is not allowed, which is answered next
            return
        form = self.forms_of_parameters.get(self.action, Nothing)
        self.parameters = read_parameters(request, form, self.dialect)
        if request.method in WITH_BODY:
            self.body = read_body(request, self.forms_of_bodies.get(self.action, Nothing))

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if not answer.exception and (dialect := self.dialect):
            answer.data = dialect.translate(self.path, answer.data)
        return answer

    @property
    def path(self) -> str:
        """What is asked for, such as `task.create`, however its address is written."""
        return f"{self.basename}.{self.action}"

    @property
    def dialect(self) -> Translation | None:
        """How to answer this request, if its token has a dialect that knows the path."""
        dialect = dialect_of(self.request)
        return dialect if dialect and dialect.shares(self.path) else None

    @property
    def actor(self) -> Actor:
        """Who acts, through this door."""
        user = cast(User, self.request.user)
        return Actor(user, Trigger.API, request_id_of(self.request._request))
