"""The pages of tasks."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.views import ChangeList

from tasks_app import services
from tasks_app.admin.acting import actor_of
from tasks_app.admin.banner import AlarmBanner
from tasks_app.admin.base import OwnersAdmin, RowList
from tasks_app.admin.filters import PriorityFilter, StatusFilter
from tasks_app.admin.masked import ARGUMENTS
from tasks_app.admin.pause_actions import PauseActions
from tasks_app.admin.task_actions import TaskActions
from tasks_app.admin.task_columns import TaskColumns
from tasks_app.admin.task_form import TaskForm
from tasks_app.admin.tick_actions import PER_TICK, WITH_SCHEDULE, TickActions
from tasks_app.admin.when_fields import ROWS
from tasks_app.models import Task
from tasks_app.models.policies import LIMITS, TRIES, UNIQUENESS
from tasks_app.models.task import EDITABLE, SCHEDULING, attach_current

# What the page tells before the form.
TOLD = [
    ("Why", {"fields": ["why"]}),
    ("Schedule", {"fields": [("schedule_in_words", "next"), "coming"]}),
    ("Latest runs", {"fields": ["latest"]}),
]


class TaskList(RowList):
    """The list, with the run and the schedule of each row from one query for all."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        attach_current(self.result_list)
        services.attach_schedules(self.result_list)


@admin.register(Task)
class TaskAdmin(AlarmBanner, TaskColumns, TaskActions, PauseActions, TickActions, OwnersAdmin):
    """Define, execute, cancel, enable: through the services, like every door."""

    form = TaskForm
    list_display = [
        "task", "state", "progress", "schedule_in_words", "next", "enabled", "urgency", "owner",
        "last",
    ]  # fmt: skip
    list_display_links = ["task"]
    list_filter = [StatusFilter, PriorityFilter, "enabled"]
    list_select_related = ["owner", "schedule__timer"]
    search_fields = ["key__startswith", "name__istartswith"]
    search_help_text = "The beginning of a name or key"
    ordering = ["-created_at", "-id"]
    sortable_by: list[str] = []
    actions = ["execute_selected", "cancel_selected", "enable_selected", "disable_selected"]
    actions_row = ["execute", "cancel", "toggle"]
    actions_detail = [
        "execute", "cancel", "toggle", "pause", "resume", *WITH_SCHEDULE, *PER_TICK
    ]  # fmt: skip
    warn_unsaved_form = True
    change_form_outer_after_template = "admin/tasks_app/beside_form.html"
    readonly_fields = ["why", "schedule_in_words", "next", "coming", "latest"]
    _what = EDITABLE[: EDITABLE.index("priority")]

    class Media:
        js = ["tasks_app/when.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        tasks: Any = super().get_queryset(request)
        return cast(QuerySet[Task], tasks.with_status())

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return TaskList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        may_change = self.has_change_permission(request, obj)
        what = [*self._what, "read_version"] if obj else [*self._what, "start"]
        if obj and not may_change:
            # Django would show the columns as they are stored.
            what = [f"{name}_json" if name in ARGUMENTS else name for name in what]
        when = [*ROWS, "read_when"] if may_change or not obj else SCHEDULING
        sections: list[Any] = [
            ("What", {"fields": what}),
            ("When", {"fields": when, "classes": ["when"]}),
            ("How", {"fields": ["priority", "queue", *LIMITS]}),
            ("Tries", {"fields": TRIES}),
            ("Unique runs", {"fields": UNIQUENESS}),
        ]
        return [*TOLD, *sections] if obj else sections

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """In the head of the page: nothing that is about a single tick, or needs a schedule, or
        would change nothing."""
        task: Any = super().get_object(request, object_id)
        absent = PER_TICK if task and task.schedule_id else [*PER_TICK, *WITH_SCHEDULE]
        absent = [*absent, "pause" if task and task.pauses.in_force().exists() else "resume"]
        actions = super().get_actions_detail(request, object_id)
        return [action for action in actions if action.path not in absent]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The task with its schedule, and whether this person may change it."""
        task: Any = super().get_object(request, *args, **kwargs)
        if task:
            services.attach_schedules([task])
            task.may_change = self.has_change_permission(request, task)
        return task

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.owner = obj.owner if obj else request.user
        return form

    def save_model(self, request: HttpRequest, obj: Task, form: ModelForm, change: bool) -> None:
        """Create or update by the service; nothing here writes."""
        actor, given = actor_of(request), form.cleaned_data
        moments = form.changed_moments()  # type: ignore[attr-defined]
        if change:
            changed = {name: given[name] for name in form.changed_data if name in EDITABLE}
            services.update_task(actor, obj, version=given["read_version"], **changed, **moments)
        else:
            fields = {name: given[name] for name in EDITABLE}
            services.create_task(actor, id=obj.pk, start=given["start"], **fields, **moments)

    def delete_model(self, request: HttpRequest, obj: Task) -> None:
        services.delete_task(actor_of(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        for task in queryset:
            services.delete_task(actor_of(request), task)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Executions are not deleted with their task: they stay, without one."""
        runs = f"Its executions stay, without a task; {_live_runs(objs)} live one(s) are cancelled."
        return [*map(str, objs), runs], {"tasks": len(objs)}, set(), []


def _live_runs(tasks: Any) -> int:
    return sum(task.executions.live().count() for task in tasks)
