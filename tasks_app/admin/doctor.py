"""The page of the doctor: what is wrong with this installation, and what to do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of
from tasks_app.admin.superusers import is_superuser
from tasks_app.reporting.diagnosing.finding import Severity

# In the colours of a state.
_LOOK = {Severity.ERROR: "failure", Severity.WARNING: "retry", Severity.NOTE: "skipped"}


class DoctorPage(ModelAdmin):
    """A part of the pages of alarms."""

    def has_doctor_permission(self, request: HttpRequest) -> bool:
        """It names hosts, queues and runs of everybody; the service says so too."""
        return is_superuser(request)

    @action(description="Doctor", permissions=["doctor"], icon="stethoscope")
    def doctor(self, request: HttpRequest) -> HttpResponse:
        """Examine now and show it."""
        diagnosis = services.get_diagnosis(actor_of(request))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Doctor",
            "opts": self.opts,
            "well": diagnosis.well,
            "findings": [(_LOOK[each.severity], each) for each in diagnosis.findings],
        }
        return TemplateResponse(request, "admin/tasks_app/doctor.html", context)
