"""The pages of schedules: django-celery-beat's rows, those of others' tasks excepted."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_celery_beat import admin as stock
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from tasks_app.admin.acting import page_of
from tasks_app.admin.base import CappedPaginator, RowList
from tasks_app.admin.coming import in_words, next_fire
from tasks_app.admin.display import NOTHING, link, moment, two_lines
from tasks_app.admin.schedule_arguments import ShownArguments, as_texts
from tasks_app.admin.schedule_form import ScheduleForm
from tasks_app.admin.schedule_rows import (
    code_of,
    complete,
    loadable,
    said_by,
    timer_of,
    visible_to,
    with_definitions,
)

OF_CODE = (
    "An entry of beat_schedule in the code: edit it there. Here it is only switched on and off."
)
OF_TASK = "The task {}: edits there and here both work."
FIELDSETS: list[Any] = [
    (None, {"fields": ["owner", "name", "regtask", "task", "enabled", "description"]}),
    (
        "When",
        {
            "fields": [
                "words", "next", "interval", "crontab", "solar", "clocked", "start_time",
                "expires", "one_off", "last_run_at", "total_run_count",
            ]
        },
    ),
    ("Arguments", {"fields": ["args", "kwargs"]}),
    (
        "Message",
        {"fields": ["queue", "priority", "expire_seconds", "exchange", "routing_key", "headers"]},
    ),
]  # fmt: skip


class ScheduleList(RowList):
    """The list, each row with its zone."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = [complete(row) for row in self.result_list]


def _for_editors(act: Callable[..., None]) -> Callable[..., None]:
    """Beat's own actions name no permission: who may only look could switch schedules."""

    @admin.action(permissions=["change"], description=getattr(act, "short_description", None))
    @wraps(act)
    def allowed(self: Any, request: HttpRequest, rows: QuerySet[Any]) -> None:
        act(self, request, rows)

    return allowed


@admin.register(PeriodicTask)
class ScheduleAdmin(ShownArguments, ModelAdmin):
    """What fires. Executing goes by tasks and executions only: a run needs its row."""

    form = ScheduleForm
    fieldsets = FIELDSETS
    readonly_fields = ["owner", "words", "next", "last_run_at", "total_run_count"]
    raw_id_fields = ["clocked"]
    list_display = ["schedule", "words", "next", "last", "enabled", "belongs"]
    list_display_links = ["schedule"]
    list_filter = ["enabled", "one_off"]
    paginator = CappedPaginator
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    search_fields = ["name", "task"]
    ordering = ["name"]
    sortable_by: list[str] = []
    actions = ["enable_tasks", "disable_tasks", "toggle_tasks"]
    enable_tasks = _for_editors(stock.PeriodicTaskAdmin.enable_tasks)
    disable_tasks = _for_editors(stock.PeriodicTaskAdmin.disable_tasks)
    toggle_tasks = _for_editors(stock.PeriodicTaskAdmin.toggle_tasks)
    _toggle_tasks_activity = stock.PeriodicTaskAdmin._toggle_tasks_activity

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_definitions(visible_to(request.user, super().get_queryset(request)))

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return ScheduleList

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row = super().get_object(request, *args, **kwargs)
        return complete(row) if row else None

    def _is_fixed(self, request: HttpRequest, obj: PeriodicTask | None) -> bool:
        return obj is not None and (
            bool(code_of(obj)) or not self.has_change_permission(request, obj)
        )

    def get_fieldsets(self, request: HttpRequest, obj: PeriodicTask | None = None) -> Any:
        """A text that cannot be edited is shown without secrets."""
        if not self._is_fixed(request, obj):
            return FIELDSETS
        return [(title, {"fields": as_texts(given["fields"])}) for title, given in FIELDSETS]

    def get_readonly_fields(self, request: HttpRequest, obj: PeriodicTask | None = None) -> Any:
        """Of an entry of code only `enabled` can be changed here."""
        if not code_of(obj):
            return self.readonly_fields
        names = [name for _, given in FIELDSETS for name in as_texts(given["fields"])]
        return [name for name in names if name != "enabled"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self._is_fixed(request, obj):
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "crontab":
            kwargs["queryset"] = loadable(CrontabSchedule.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Beat would write an entry of code down again."""
        return not code_of(obj) and super().has_delete_permission(request, obj)

    @admin.display(description="Schedule")
    def schedule(self, obj: PeriodicTask) -> Any:
        return two_lines(obj.name, obj.task)

    @admin.display(description="In words")
    def words(self, obj: PeriodicTask) -> Any:
        return in_words(*said_by(obj))

    @admin.display(description="Next")
    def next(self, obj: PeriodicTask) -> Any:
        return next_fire(obj.enabled, timer_of(obj))

    @admin.display(description="Last run")
    def last(self, obj: PeriodicTask) -> Any:
        return moment(obj.last_run_at)

    @admin.display(description="Belongs to")
    def belongs(self, obj: PeriodicTask) -> Any:
        if code_of(obj):
            return format_html('<span class="b-chip b-pending">{}</span>', "code")
        return _task_of(obj) or NOTHING

    @admin.display(description="Belongs to")
    def owner(self, obj: PeriodicTask) -> Any:
        if code_of(obj):
            return OF_CODE
        task = _task_of(obj)
        return format_html(OF_TASK, task) if task else NOTHING


def _task_of(row: PeriodicTask) -> SafeString | None:
    task = getattr(row, "managed_task", None)
    return link(page_of("task", task.pk), task.name) if task else None
