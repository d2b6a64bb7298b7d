"""The pages of tasks."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.views import ChangeList

from tasks_app import services
from tasks_app.admin.acting import actor_of
from tasks_app.admin.base import OwnersAdmin, RowList
from tasks_app.admin.display import NOTHING, badge, bar, live, moment, two_lines
from tasks_app.admin.filters import PriorityFilter, StatusFilter
from tasks_app.admin.task_actions import TaskActions
from tasks_app.admin.task_form import TaskForm
from tasks_app.exceptions import Refused
from tasks_app.models import Task
from tasks_app.models.task import EDITABLE, POLICIES, attach_current

LATEST = 10


class TaskList(RowList):
    """The list, with the run of each row from one query."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        attach_current(self.result_list)


@admin.register(Task)
class TaskAdmin(TaskActions, OwnersAdmin):
    """Define, execute, cancel, enable: through the services, like every door."""

    form = TaskForm
    list_display = ["task", "state", "progress", "urgency", "enabled", "owner", "last"]
    list_display_links = ["task"]
    list_filter = [StatusFilter, PriorityFilter, "enabled"]
    list_select_related = ["owner"]
    search_fields = ["key__startswith", "name__istartswith"]
    search_help_text = "The beginning of a name or key"
    ordering = ["-created_at", "-id"]
    sortable_by: list[str] = []
    actions = ["execute_selected", "cancel_selected", "enable_selected", "disable_selected"]
    actions_row = ["execute", "cancel", "toggle"]
    actions_detail = ["execute", "cancel", "toggle"]
    warn_unsaved_form = True
    readonly_fields = ["latest"]
    _what = EDITABLE[: EDITABLE.index("priority")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        tasks: Any = super().get_queryset(request)
        return cast(QuerySet[Task], tasks.with_status())

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return TaskList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        what = [*self._what, "read_version"] if obj else [*self._what, "start"]
        sections: list[Any] = [
            ("What", {"fields": what}),
            ("How", {"fields": ["priority", "queue", *POLICIES]}),
        ]
        return [("Latest runs", {"fields": ["latest"]}), *sections] if obj else sections

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.owner = obj.owner if obj else request.user
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What a rival did between the form's check and the write is told too."""
        try:
            return cast(HttpResponse, super().changeform_view(request, *args, **kwargs))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Task, form: ModelForm, change: bool) -> None:
        """Create or update by the service; nothing here writes."""
        actor, given = actor_of(request), form.cleaned_data
        version, start = given.pop("read_version", None), given.pop("start", "manual")
        if change:
            changed = {name: given[name] for name in form.changed_data if name in EDITABLE}
            services.update_task(actor, obj, version=version, **changed)
        else:
            services.create_task(actor, id=obj.pk, start=start, **given)

    def delete_model(self, request: HttpRequest, obj: Task) -> None:
        services.delete_task(actor_of(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        for task in queryset:
            services.delete_task(actor_of(request), task)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Executions are not deleted with their task: they stay, without one."""
        runs = f"Its executions stay, without a task; {_live_runs(objs)} live one(s) are cancelled."
        return [*map(str, objs), runs], {"tasks": len(objs)}, set(), []

    @admin.display(description="Task")
    def task(self, obj: Task) -> Any:
        return two_lines(obj.name, obj.celery_task_name)

    @admin.display(description="Status")
    def state(self, obj: Task) -> Any:
        return badge(obj.status)

    @admin.display(description="Progress")
    def progress(self, obj: Task) -> Any:
        return bar(obj.current.progress) if obj.current else NOTHING

    @admin.display(description="Priority")
    def urgency(self, obj: Task) -> Any:
        return two_lines(obj.get_priority_display().lower(), obj.queue_for(obj.priority))

    @admin.display(description="Last run")
    def last(self, obj: Task) -> Any:
        run = obj.current
        return moment(run.started_at or run.created_at) if run else NOTHING

    @admin.display(description="Newest first")
    def latest(self, obj: Task) -> Any:
        runs = obj.executions.without_documents().newest_first()[:LATEST]
        if not runs:
            return "It has not run yet. Execute… starts it."
        rows = format_html_join(
            "",
            '<tr><td><a href="{}">{}</a></td><td>{}</td><td>{}</td><td><bdi>{}</bdi></td></tr>',
            (
                (
                    reverse("admin:tasks_app_taskexecution_change", args=[run.pk]),
                    badge(run.status),
                    bar(run.progress, run.progress_message),
                    moment(run.created_at),
                    run.error[:200],
                )
                for run in runs
            ),
        )
        is_live = any(run.finished_at is None for run in runs)
        table = format_html('<table class="b-table" data-live-on="{}">{}</table>', is_live, rows)
        return live("latest", table)


def _live_runs(tasks: Any) -> int:
    return sum(task.executions.live().count() for task in tasks)
