"""Signing in and out with a name and a password."""

import logging
from datetime import timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.models import User, update_last_login
from django.db import transaction

from tasks_app.exceptions import BadCredentials, NoTokenInUse
from tasks_app.models import ApiToken
from tasks_app.services.actor import Actor
from tasks_app.services.tokens import insert_token, revoke_token
from tasks_app.states import Trigger

logger = logging.getLogger(__name__)
# As long as a session of the admin.
LIFETIME = timedelta(days=14)
NAME = "login"


def sign_in(
    username: str, password: str, request_id: str = "", *, door: Trigger = Trigger.API
) -> tuple[ApiToken, str]:
    """A new token of the user and the secret itself. Their expired ones of this kind go.

    Raises BadCredentials, in the same words and after the same work for an unknown name, a wrong
    password and a user who is not active.
    """
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        log_refused_sign_in(username, request_id)
        raise BadCredentials
    with transaction.atomic():
        update_last_login(User, user)
        ApiToken.objects.filter(user=user, name=NAME).expired().delete()
        actor = Actor(user, door, request_id)
        return insert_token(actor, "sign_in", user=user, name=NAME, lifetime=LIFETIME)


def log_refused_sign_in(username: str, request_id: str = "") -> None:
    """Say it in the log only: rows would let strangers fill a table that nothing empties.

    Whoever tries a name is not its user, so the audit trail, which tells what users did, is silent.
    """
    # Escaped, and after the cut: a name is whatever a stranger sent.
    logger.warning("sign-in refused: name=%r request=%s", username[:100], request_id or "-")


def sign_out(actor: Actor, token: ApiToken | None) -> None:
    """Revoke the token that was used. Raises NoTokenInUse for a session."""
    if token is None:
        raise NoTokenInUse
    revoke_token(actor, token, verb="sign_out")
