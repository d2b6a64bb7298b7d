"""The alarms that are open, above the lists of work and on the first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from tasks_app import services
from tasks_app.admin.acting import actor_of
from tasks_app.models import Alarm

# More stand on their own page.
MOST = 5


def open_alarms(request: HttpRequest) -> dict[str, Any]:
    """For the template: the newest open alarms that the user may see; are there more?"""
    alarms: list[Alarm] = list(services.get_alarms(actor_of(request), limit=MOST + 1))
    return {"alarms": alarms[:MOST], "more_alarms": len(alarms) > MOST}


def on_first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold asks for what its first page shows."""
    return {**context, **open_alarms(request)}


class AlarmBanner:
    """A list of work with the open alarms above it."""

    list_before_template = "admin/tasks_app/alarms.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **open_alarms(request)}
        response: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return response
