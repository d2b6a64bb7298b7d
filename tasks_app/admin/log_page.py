"""The page of a run's log: the newest lines, and earlier ones behind a link."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.decorators import action

from tasks_app.admin.acting import actor_of
from tasks_app.services import read_log_backwards

MOST_LINES = 500


class LogPage(ModelAdmin):
    """A part of the pages of executions."""

    @action(description="Log", permissions=["view"], icon="subject")
    def log(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show it; a run of somebody else does not exist, as on its own page."""
        run = self.get_object(request, object_id)
        if run is None:
            missing = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return cast(HttpResponse, missing)
        before = request.GET.get("before", "")
        number = int(before) if before.isdecimal() and len(before) < 17 else None  # noqa: PLR2004
        page = read_log_backwards(actor_of(request), run, before=number, limit=MOST_LINES)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Log",
            "subtitle": str(run),
            "opts": self.opts,
            "original": run,
            "page": page,
            "is_newest": number is None,
        }
        return TemplateResponse(request, "admin/tasks_app/log.html", context)
