"""One serializer of each form for all requests: making its fields costs ten times what using them
does."""

from functools import cache

from rest_framework.serializers import Serializer


@cache
def shared(form: type[Serializer]) -> Serializer:
    """Without a row, data or context of its own, so that threads can share it: for
    `to_representation` and `run_validation` only."""
    return form()
