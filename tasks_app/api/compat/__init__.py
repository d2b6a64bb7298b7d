"""Dialects: what a token's holder reads instead of our own words, fields and types."""

from rest_framework.request import Request

from tasks_app.api.compat.dialect import Translation
from tasks_app.api.compat.document_001 import DOCUMENT_001
from tasks_app.api.compat.document_004 import DOCUMENT_004
from tasks_app.models.api_token import ApiToken, Dialect

TRANSLATIONS = {Dialect.DOCUMENT_001: DOCUMENT_001, Dialect.DOCUMENT_004: DOCUMENT_004}


def dialect_of(request: Request) -> Translation | None:
    """The dialect of the token that a request carries; None for a plain token and a session."""
    token = request.auth
    if not isinstance(token, ApiToken) or not token.dialect:
        return None
    return TRANSLATIONS[Dialect(token.dialect)]
