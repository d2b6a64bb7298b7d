"""Who asks: a bearer token, looked up by its digest."""

from typing import Any

from django.contrib.auth.models import User
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

from tasks_app.api.known_tokens import known_tokens
from tasks_app.models import ApiToken

# The same for an unknown, an expired and a locked user's token: it tells a stranger nothing.
REFUSED = "This token is not valid, or no longer."


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer belfry_...`, mostly without a query; knox's own deletes old tokens."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """The user and the token. Raises AuthenticationFailed."""
        held = known_tokens.find(hash_token(token.decode("latin-1")))
        if held is None:
            raise AuthenticationFailed(REFUSED)
        return held.user, held


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of it."""

    target_class = "tasks_app.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return build_bearer_security_scheme_object("Authorization", "Bearer", "belfry_...")
