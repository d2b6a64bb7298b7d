"""One id for all that a request does: the caller's own from `X-Request-Id`, or a new one."""

import re
from uuid import uuid4

from django.http import HttpRequest

HEADER = "X-Request-Id"
# It is written into logs and the audit trail, so nothing of the caller's may break their lines.
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,100}")


def request_id_of(request: HttpRequest) -> str:
    """The id of this request, the same at every call."""
    if not hasattr(request, "request_id"):
        given = request.headers.get(HEADER, "")
        request.request_id = given if ACCEPTED.fullmatch(given) else uuid4().hex
    return str(request.request_id)
