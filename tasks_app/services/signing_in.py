"""Signing in and out with a name and a password."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth import authenticate
from django.contrib.auth.models import User, update_last_login
from django.db import transaction

from tasks_app.exceptions import BadCredentials, NoTokenInUse
from tasks_app.models import ApiToken
from tasks_app.services.actor import Actor
from tasks_app.services.tokens import insert_token, revoke_token
from tasks_app.states import Trigger

# As long as a session of the admin.
LIFETIME = timedelta(days=14)


def sign_in(
    username: str, password: str, request_id: str = "", *, door: Trigger = Trigger.API
) -> tuple[ApiToken, str]:
    """A new token of the user and the secret itself.

    Raises BadCredentials, in the same words for an unknown name, a wrong password and a user who
    is not active. The audit trail tells which, for users that there are.
    """
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        _note_refusal(username, request_id, door)
        raise BadCredentials
    with transaction.atomic():
        update_last_login(User, user)
        actor = Actor(user, door, request_id)
        return insert_token(actor, "sign_in", user=user, name="login", lifetime=LIFETIME)


def sign_out(actor: Actor, token: ApiToken | None) -> None:
    """Revoke the token that was used. Raises NoTokenInUse for a session."""
    if token is None:
        raise NoTokenInUse
    revoke_token(actor, token, verb="sign_out")


def _note_refusal(username: str, request_id: str, door: Trigger) -> None:
    user = User.objects.filter(username=username).first()
    if user is not None:
        reason = "wrong password" if user.is_active else "not active, or wrong password"
        # Events name their subject by a UUID, and a user's id is a number.
        subject = UUID(int=user.pk)
        Actor(user, door, request_id).note("sign_in_refused", "user", subject, reason=reason)
