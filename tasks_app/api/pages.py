"""One page of a list, and the address of the next one."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_serializer, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from tasks_app.api.answering import told
from tasks_app.api.serializers.parameters import FURTHEST_ROW


@cache
def page_of(form: type[serializers.Serializer]) -> serializers.Serializer:
    """The shape of a page, for the schema."""
    name = form.__name__.removesuffix("Serializer")
    address = serializers.URLField(
        allow_null=True, help_text="Where the list goes on; null at its end."
    )
    page = inline_serializer(f"PageOf{name}s", {"results": form(many=True), "next": address})
    # The page itself is no list, although it is what an action called `list` answers.
    extend_schema_serializer(many=False)(type(page))
    return page


def answer_page(
    request: Request,
    form: type[serializers.Serializer],
    rows: Callable[..., Iterable[Any]],
    *,
    skip: int,
    limit: int,
    furthest: int = FURTHEST_ROW,
    **which: Any,
) -> Response:
    """Ask `rows` for one more than fits: so it is known without a count whether more follow."""
    found = list(rows(skip=skip, limit=limit + 1, **which))
    more = len(found) > limit and skip + limit <= furthest
    address = request.build_absolute_uri()
    following = replace_query_param(address, "skip", skip + limit) if more else None
    results = [told(form, row) for row in found[:limit]]
    return Response({"results": results, "next": following})
