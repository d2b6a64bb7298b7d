"""Ticks to come, page by page."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from tasks_app import services
from tasks_app.api.pages import answer_page
from tasks_app.api.serializers.parameters import FURTHEST_TICK
from tasks_app.api.serializers.ticks import UpcomingTickSerializer
from tasks_app.services import Actor, Upcoming


def answer_upcoming(request: Request, actor: Actor, **asked: Any) -> Response:
    """A page of the ticks that the service tells, the earliest first."""

    def rows(*, skip: int, limit: int, **which: Any) -> list[Upcoming]:
        return services.upcoming_ticks(actor, limit=skip + limit, **which)[skip:]

    return answer_page(request, UpcomingTickSerializer, rows, furthest=FURTHEST_TICK, **asked)
