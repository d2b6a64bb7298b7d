"""`/api/v1/auth/`."""

from datetime import timedelta
from functools import partial
from typing import cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api import schema
from tasks_app.api.answering import answer
from tasks_app.api.pages import answer_page, page_of
from tasks_app.api.request_ids import request_id_of
from tasks_app.api.resource import Resource
from tasks_app.api.serializers.auth import MeSerializer, NewToken, SignIn
from tasks_app.api.serializers.error import ERROR
from tasks_app.api.serializers.parameters import PageParameters
from tasks_app.api.serializers.token import CreatedTokenSerializer, TokenSerializer
from tasks_app.models import ApiToken

ID_OF_TOKEN = OpenApiParameter("token_id", OpenApiTypes.UUID, OpenApiParameter.PATH)


class Auth(Resource):
    """Signing in and out, and who one is."""

    forms_of_bodies = {"login": SignIn}

    @extend_schema(
        auth=[],
        request=SignIn,
        responses=schema.answers(
            200, CreatedTokenSerializer, "Signed in: a token for 14 days.", 411, 413, 415
        )
        | {401: OpenApiResponse(ERROR, "No active user has this name and this password.")},
    )
    # No session is looked at or begun, so there is nothing that a foreign page could abuse.
    @action(
        detail=False, methods=["post"], authentication_classes=[], permission_classes=[AllowAny]
    )
    def login(self, request: Request) -> Response:
        """Sign in with a name and a password. 401 says no more than that they do not fit."""
        request_id = request_id_of(request._request)
        return _answer_created(services.sign_in(**self.body, request_id=request_id), 200)

    @extend_schema(
        request=None,
        responses=schema.answers(204, None, "Signed out.", 404, 409, *schema.WITH_BODY),
    )
    @action(detail=False, methods=["post"])
    def logout(self, request: Request) -> Response:
        """Revoke the token of this very request. 409 for a session, which ends in the admin."""
        services.sign_out(self.actor, cast(ApiToken | None, request.auth))
        return Response(status=204)

    @extend_schema(responses=schema.answers(200, MeSerializer, "You."))
    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Show who asks, and with which token."""
        return answer(MeSerializer, request)


class Tokens(Resource):
    """Tokens of the API: your own; a superuser's: everybody's."""

    forms_of_parameters = {"list": PageParameters}
    forms_of_bodies = {"create": NewToken}
    lookup_url_kwarg = "token_id"
    lookup_value_regex = r"[0-9A-Za-z-]{1,100}"

    @extend_schema(
        parameters=[PageParameters],
        responses=schema.answers(200, page_of(TokenSerializer), "The newest first."),
    )
    def list(self, request: Request) -> Response:
        """List your tokens; a superuser sees everybody's. Expired ones stay until revoked."""
        tokens = partial(services.get_tokens, self.actor)
        return answer_page(request, TokenSerializer, tokens, **self.parameters)

    @extend_schema(
        request=NewToken,
        responses=schema.answers(
            201, CreatedTokenSerializer, "Made, and shown this once.", *schema.WITH_BODY
        ),
    )
    def create(self, _: Request) -> Response:
        """Make a token for a program of yours."""
        lifetime = timedelta(days=self.body.pop("days"))
        return _answer_created(services.create_token(self.actor, **self.body, lifetime=lifetime))

    @extend_schema(
        parameters=[ID_OF_TOKEN], responses=schema.answers(200, TokenSerializer, "The token.", 404)
    )
    def retrieve(self, _: Request, token_id: str) -> Response:
        """Show what is known of a token, but not the token itself."""
        return answer(TokenSerializer, services.get_token(self.actor, token_id))

    @extend_schema(
        parameters=[ID_OF_TOKEN],
        responses=schema.answers(204, None, "Revoked.", 404, *schema.WITH_BODY),
    )
    def destroy(self, _: Request, token_id: str) -> Response:
        """Revoke a token: within a second it opens nothing."""
        services.revoke_token(self.actor, services.get_token(self.actor, token_id))
        return Response(status=204)


def _answer_created(created: tuple[ApiToken, str], status: int = 201) -> Response:
    token, secret = created
    return Response(CreatedTokenSerializer(token, context={"secret": secret}).data, status)
