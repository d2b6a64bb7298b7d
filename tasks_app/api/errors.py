"""The one place where refusals become HTTP, in one shape."""

import logging
from collections.abc import Mapping
from functools import singledispatch
from typing import Any, NamedTuple

from django.core import exceptions as django_exceptions
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as rest_exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from tasks_app.api.request_ids import request_id_of
from tasks_app.exceptions import (
    BadCredentials,
    Invalid,
    NotFound,
    Refused,
    SuperusersOnly,
    TooManyWaiting,
)

logger = logging.getLogger(__name__)
RETRY_AFTER = "5"


class Refusal(NamedTuple):
    """What is answered instead of what was asked for."""

    status: int
    code: str
    detail: str
    errors: Mapping[str, list[str]] = {}
    headers: Mapping[str, str] = {}

    def body(self, request_id: str) -> dict[str, Any]:
        """As JSON; `errors` only where there are fields to name."""
        errors = {"errors": self.errors} if self.errors else {}
        return {"code": self.code, "detail": self.detail, **errors, "request_id": request_id}


def answer_refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. None for what nobody foresaw: Django answers 500."""
    refusal = refusal_of(error)
    if refusal is None:
        return None
    set_rollback()
    body = refusal.body(request_id_of(context["request"]._request))
    return Response(body, refusal.status, headers=dict(refusal.headers))


@singledispatch
def refusal_of(_error: Exception) -> Refusal | None:
    """How an exception is answered; None if it is a defect of ours."""
    return None


@refusal_of.register
def _(error: Refused) -> Refusal:
    return Refusal(409, error.code, str(error))


@refusal_of.register
def _(error: NotFound) -> Refusal:
    return Refusal(404, error.code, str(error))


@refusal_of.register
def _(error: BadCredentials) -> Refusal:
    return Refusal(401, error.code, str(error), headers={"WWW-Authenticate": "Bearer"})


@refusal_of.register
def _(error: SuperusersOnly) -> Refusal:
    return Refusal(403, error.code, str(error))


@refusal_of.register
def _(error: TooManyWaiting) -> Refusal:
    return Refusal(429, error.code, str(error), headers={"Retry-After": str(error.seconds)})


@refusal_of.register
def _(error: Invalid) -> Refusal:
    return _by_field(error.errors)


@refusal_of.register
def _(error: django_exceptions.ValidationError) -> Refusal:
    if hasattr(error, "error_dict"):
        return _by_field(error.message_dict)
    return Refusal(400, "invalid", " ".join(error.messages))


@refusal_of.register
def _(error: django_exceptions.PermissionDenied) -> Refusal:
    return Refusal(403, "permission_denied", str(error) or "You may not do this.")


@refusal_of.register
def _(_error: Http404) -> Refusal:
    return Refusal(404, "not_found", "There is nothing of this name.")


@refusal_of.register(OperationalError)
@refusal_of.register(InterfaceError)
def _(error: Exception) -> Refusal:
    logger.error("the database refused: %s", error)
    sentence = "The database does not answer, or is locked. Nothing was done; try again soon."
    return Refusal(503, "database_away", sentence, headers={"Retry-After": RETRY_AFTER})


@refusal_of.register
def _(error: rest_exceptions.APIException) -> Refusal:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    return Refusal(error.status_code, str(error.get_codes()), str(error.detail), headers=headers)


@refusal_of.register
def _(error: rest_exceptions.ValidationError) -> Refusal:
    return _by_field(_flat(error.detail))


def _by_field(errors: Mapping[str, list[str]]) -> Refusal:
    """The detail says each sentence once, after the names of the fields it is about."""
    fields_of: dict[str, list[str]] = {}
    for field, texts in errors.items():
        for text in texts:
            fields_of.setdefault(text, []).append(field)
    detail = " ".join(f"{', '.join(fields)}: {text}" for text, fields in fields_of.items())
    return Refusal(400, Invalid.code, detail, errors)


def _flat(detail: Any, field: str = "") -> dict[str, list[str]]:
    """Nested messages by dotted field: `{"tags": {0: [...]}}` is `{"tags.0": [...]}`."""
    if not isinstance(detail, dict):
        return {field: [str(text) for text in detail]}
    flat: dict[str, list[str]] = {}
    for name, inner in detail.items():
        flat |= _flat(inner, f"{field}.{name}" if field else str(name))
    return flat
