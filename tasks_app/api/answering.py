"""Answers: one serializer of each form serves all requests, for making its fields costs ten times
what filling them does."""

from functools import cache
from typing import Any

from rest_framework.response import Response
from rest_framework.serializers import Serializer


def answer(form: type[Serializer], row: Any, status: int = 200) -> Response:
    """What `form` tells of a row."""
    return Response(told(form, row), status)


def told(form: type[Serializer], row: Any) -> Any:
    """The same as data."""
    return _shared(form).to_representation(row)


@cache
def _shared(form: type[Serializer]) -> Serializer:
    """Without an instance and a context, so that threads can share it."""
    return form()
