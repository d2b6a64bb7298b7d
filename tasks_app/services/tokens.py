"""API tokens: make, find, revoke."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from tasks_app.exceptions import Invalid, NotFound
from tasks_app.models import ApiToken
from tasks_app.models.api_token import LONGEST_NAME, ApiTokenQuerySet, Dialect
from tasks_app.models.validators import validate_text
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_value

SHORTEST, LONGEST = timedelta(days=1), timedelta(days=3650)


def create_token(
    actor: Actor,
    *,
    user: User | None = None,
    name: str = "",
    lifetime: timedelta,
    dialect: str = "",
) -> tuple[ApiToken, str]:
    """A token of `user`, the actor if none, and the secret itself, which nobody can read again.

    It lasts from one day to ten years. Only a superuser makes tokens for others.
    Raises Invalid by field.
    """
    owner = user or actor.user
    if owner != actor.user and not actor.user.is_superuser:
        raise Invalid({"user": ["Only a superuser makes tokens for others."]})
    return insert_token(actor, "create", user=owner, name=name, lifetime=lifetime, dialect=dialect)


@transaction.atomic
def insert_token(
    actor: Actor, verb: str, *, user: User, lifetime: timedelta, name: str = "", dialect: str = ""
) -> tuple[ApiToken, str]:
    """Write a token of `user` down, and `verb` into the audit trail. Raises Invalid by field."""
    _check(user, name, lifetime, dialect)
    token, secret = ApiToken.objects.create(user, expiry=lifetime, name=name, dialect=dialect)
    actor.note(verb, "token", token.pk, after=_told(token) | {"days": lifetime.days})
    return token, secret


def get_tokens(actor: Actor, *, skip: int = 0, limit: int | None = None) -> ApiTokenQuerySet:
    """The user's tokens, or for a superuser everybody's, newest first; `skip`, `limit`: rows."""
    tokens: ApiTokenQuerySet = ApiToken.objects.visible_to(actor.user).select_related("user")
    return tokens.newest_first()[skip : None if limit is None else skip + limit]


def get_token(actor: Actor, token_id: str | UUID) -> ApiToken:
    """One token. Raises NotFound."""
    try:
        found = get_tokens(actor).filter(pk=UUID(str(token_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("token", token_id)
    return found


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken, reason: str = "", *, verb: str = "revoke") -> None:
    """Delete a token: within a second it opens nothing, in no process. Raises NotFound."""
    mine: ApiTokenQuerySet = ApiToken.objects.visible_to(actor.user).select_for_update(of=("self",))
    held = mine.filter(pk=token.pk).select_related("user").first()
    if held is None:
        raise NotFound("token", token.pk)
    actor.note(verb, "token", held.pk, before=_told(held), reason=reason)
    held.delete()


def _check(user: User, name: str, lifetime: timedelta, dialect: str) -> None:
    errors: dict[str, list[str]] = {}
    if not user.is_active:
        username = user.get_username()
        errors["user"] = [f"{username} is not active, so the token would open nothing."]
    if len(name) > LONGEST_NAME:
        errors["name"] = [f"A name may have {LONGEST_NAME} characters at most."]
    if not SHORTEST <= lifetime <= LONGEST:
        errors["lifetime"] = [f"A token lasts from {SHORTEST.days} to {LONGEST.days} days."]
    if dialect and dialect not in Dialect.values:
        errors["dialect"] = [f"Use one of {', '.join(Dialect.values)}, or nothing."]
    if errors:
        raise Invalid(errors)
    check_value("name", name, validate_text)


def _told(token: ApiToken) -> dict[str, Any]:
    """For the audit trail: what tells tokens apart, and nothing that opens a door."""
    return {
        "name": token.name,
        "user": token.user.get_username(),
        "dialect": token.dialect,
        "begins_with": token.token_key,
    }
