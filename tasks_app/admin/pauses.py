"""The pages of pauses: what is held, to pause more, and to resume."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.views import ChangeList

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, tell, tell_each
from tasks_app.admin.base import OwnersAdmin, RowList
from tasks_app.admin.dialogs import ask
from tasks_app.admin.display import moment, two_lines
from tasks_app.admin.pause_form import PauseForm, ResumeForm, seconds
from tasks_app.models import Pause
from tasks_app.reporting.explaining.held import MOST_COUNTED, attach_waiting

LIST = "admin:tasks_app_pause_changelist"
TOLD = ["held", "reason", "by", "since", "until", "waiting"]
ASK_END = ask(
    "Resume?", "What waited starts, the longest due first.", "Resume what is held", ResumeForm
)


class PauseList(RowList):
    """The list, with how many runs wait for the end of each."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = attach_waiting(self.result_list)


@admin.register(Pause)
class PauseAdmin(OwnersAdmin):
    """Made and ended by the services; paused again rather than edited."""

    form = PauseForm
    list_display = TOLD
    list_display_links = ["held"]
    list_select_related = ["task"]
    search_fields = ["subject__icontains", "reason__icontains"]
    search_help_text = "A part of what is held, or of the reason"
    ordering = ["-created_at", "-id"]
    sortable_by: list[str] = []
    actions = ["resume_selected"]
    actions_row = ["end"]
    actions_detail = ["end"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pause]:
        pauses: Any = super().get_queryset(request)
        return cast(QuerySet[Pause], pauses.in_force())

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return PauseList

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        pause = super().get_object(request, *args, **kwargs)
        return attach_waiting([pause])[0] if pause else None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return TOLD if obj else ["what", "of_task", "of_queue", "reason", "minutes"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return TOLD if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        # Its own fields are no columns, which Django would look for.
        form = super().get_form(request, obj, change, **{**kwargs, "fields": ["reason"]})
        form.actor = actor_of(request)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's own way to delete would pass by the service: `end` is ours."""
        return False

    def has_end_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission to delete; whose pause, the service decides."""
        return bool(request.user.has_perm("tasks_app.delete_pause"))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        given: Any = form.cleaned_data
        subject = form.subject  # type: ignore[attr-defined]
        ends = seconds(given["minutes"])
        made = services.pause(actor_of(request), **subject, reason=given["reason"], expires_in=ends)
        # Django notes in its own log what was added.
        obj.pk, obj.subject = made.pk, made.subject

    @action(description="Resume…", permissions=["end"], icon="resume", dialog=ASK_END)
    def end(self, request: HttpRequest, form: ResumeForm, object_id: str) -> HttpResponse:
        """Let what is held start."""
        actor, reason = actor_of(request), form.cleaned_data["reason"]
        tell(
            request,
            lambda: services.resume(actor, services.get_pause(actor, object_id), reason),
            lambda _: "It is resumed: what waited starts.",
        )
        return go_to(reverse(LIST))

    @admin.action(description="Resume selected", permissions=["end"])
    def resume_selected(self, request: HttpRequest, pauses: Any) -> None:
        actor = actor_of(request)
        tell_each(request, list(pauses), lambda each: services.resume(actor, each), "resumed")

    @admin.display(description="Held")
    def held(self, obj: Pause) -> Any:
        return two_lines(obj.task.name, "task") if obj.task else obj.what

    @admin.display(description="Paused by")
    def by(self, obj: Pause) -> str:
        return obj.user_name or "a program"

    @admin.display(description="Since")
    def since(self, obj: Pause) -> Any:
        return moment(obj.created_at)

    @admin.display(description="Until")
    def until(self, obj: Pause) -> Any:
        return moment(obj.expires_at) if obj.expires_at else "somebody resumes it"

    @admin.display(description="Runs that wait")
    def waiting(self, obj: Pause) -> str:
        return f"{obj.waiting}{' or more' if obj.waiting == MOST_COUNTED else ''}"
