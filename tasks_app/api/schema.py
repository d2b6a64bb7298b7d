"""What the schema says of every operation: its errors and its path's id."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from tasks_app.api.serializers.error import ERROR

MEANING = {
    400: "A parameter or field is unknown, missing or wrong.",
    401: "No valid token and no session.",
    403: "A session without its CSRF token.",
    404: "Unknown, or somebody else's.",
    406: "No such format can be answered.",
    409: "The state does not allow it; `code` and `detail` say why.",
    411: "A body in chunks.",
    413: "A body over 256 KiB.",
    415: "A body that is not `application/json`.",
    429: "Too many runs wait: `over_limit`. Try again after `Retry-After` seconds.",
    503: "The database does not answer, or is locked. Try again after `Retry-After` seconds.",
}
ANYWHERE = (400, 401, 406, 503)
WITH_BODY = (403, 411, 413, 415)
SUPERUSERS_ONLY = {
    403: OpenApiResponse(
        ERROR, "Not a superuser: `superusers_only`. Or a session without its CSRF token."
    )
}


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """These errors and those that can happen anywhere."""
    return {
        status: OpenApiResponse(ERROR, MEANING[status]) for status in sorted({*ANYWHERE, *statuses})
    }


def answers(status: int, form: Any, meaning: str, *errors: int) -> dict[int, OpenApiResponse]:
    """What an operation answers if it does, and these errors."""
    return {status: OpenApiResponse(form, meaning), **refusals(*errors)}


ID_OF_TASK = OpenApiParameter(
    "task_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The task's id, or its key."
)
ID_OF_EXECUTION = OpenApiParameter("execution_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
