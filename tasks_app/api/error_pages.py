"""Errors outside of any view, in the same shape: no such path, a bad request, a defect of ours."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from tasks_app.api.errors import Refusal
from tasks_app.api.request_ids import HEADER, request_id_of

API = "/api/"
NO_SUCH_PATH = Refusal(404, "not_found", "The API has no such path. /docs lists what there is.")
BAD_REQUEST = Refusal(400, "bad_request", "The server does not accept this request.")
SERVER_ERROR = Refusal(
    500,
    "server_error",
    "Something is broken here, and it is not your request. The log names it by its request id.",
)


def no_such_path(request: HttpRequest) -> JsonResponse:
    """For every path below `/api/` that nothing else serves."""
    return _answer(NO_SUCH_PATH, request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`: a wrong host, for instance."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    return _answer(BAD_REQUEST, request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`; the traceback goes to the log only."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    return _answer(SERVER_ERROR, request)


def _answer(refusal: Refusal, request: HttpRequest) -> JsonResponse:
    request_id = request_id_of(request)
    body = refusal.body(request_id)
    return JsonResponse(body, status=refusal.status, headers={HEADER: request_id})
