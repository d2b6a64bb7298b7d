"""One id for all that a request does: the caller's own from `X-Request-Id`, or a new one."""

import re
from uuid import uuid4

from django.http import HttpRequest

HEADER = "X-Request-Id"
# It is written into logs and the audit trail, so nothing of the caller's may break their lines.
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,100}")
KEPT_AS = "belfry.request_id"


def request_id_of(request: HttpRequest) -> str:
    """The id of this request, the same at every call."""
    given = request.headers.get(HEADER, "")
    made = given if ACCEPTED.fullmatch(given) else uuid4().hex
    return str(request.META.setdefault(KEPT_AS, made))
