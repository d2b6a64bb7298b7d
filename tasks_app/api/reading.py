"""Reading a request: what is unknown or of the wrong type is refused by name."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.settings import api_settings

from tasks_app.api.compat.dialect import Translation
from tasks_app.api.exceptions import LengthRequired
from tasks_app.api.serializers.shared import shared
from tasks_app.exceptions import Invalid


def read_parameters(
    request: Request, form: type[Serializer], dialect: Translation | None = None
) -> dict[str, Any]:
    """The query string by `form`. Raises Invalid for unknown, repeated and wrong parameters.

    With a `dialect`, a word for a status means what is answered with it.
    """
    given = request.query_params
    if repeated := [name for name in given if len(given.getlist(name)) > 1]:
        raise Invalid({name: ["This parameter is given more than once."] for name in repeated})
    # `?format=json` is REST framework's own: it chooses the renderer.
    own = {name: given[name] for name in given if name != api_settings.URL_FORMAT_OVERRIDE}
    parameters = form(data=own, context={"dialect": dialect})
    parameters.is_valid(raise_exception=True)
    return dict(parameters.validated_data)


def read_body(request: Request, form: type[Serializer]) -> dict[str, Any]:
    """The JSON body by `form`. Raises Invalid, BadJSON, TooLarge, LengthRequired."""
    if "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
        raise LengthRequired
    return dict(shared(form).run_validation(request.data))
