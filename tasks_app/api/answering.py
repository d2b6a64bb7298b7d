"""Answers: what a form tells of a row."""

from typing import Any

from rest_framework.response import Response
from rest_framework.serializers import Serializer

from tasks_app.api.serializers.shared import shared


def answer(form: type[Serializer], row: Any, status: int = 200) -> Response:
    """What `form` tells of a row, as an answer."""
    return Response(told(form, row), status)


def told(form: type[Serializer], row: Any) -> Any:
    """What `form` tells of a row."""
    return shared(form).to_representation(row)
