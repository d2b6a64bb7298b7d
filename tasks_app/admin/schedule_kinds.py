"""The rows that say when: each may be shared by many schedules."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin, TabularInline

from tasks_app.admin.schedule_rows import described, loadable, visible_to
from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, Definition


class UsedBy(TabularInline):
    """The schedules that an edit of the row changes."""

    model = PeriodicTask
    fields = readonly_fields = ["name", "task", "enabled"]
    can_delete = False
    extra = 0
    show_change_link = True
    ordering = ["name"]
    per_page = 20
    verbose_name = verbose_name_plural = "schedules that use it"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_to(request.user, super().get_queryset(request))

    def has_add_permission(self, *_: Any) -> bool:
        return False


class KindAdmin(ModelAdmin):
    """An edit takes effect within a second, for every schedule that uses the row.

    Tasks share rows, so one that somebody else's task uses is to be read only.
    """

    inlines = [UsedBy]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _others_use(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _others_use(request, obj)


def _others_use(request: HttpRequest, obj: Any) -> bool:
    if obj is None:
        return False
    kind = obj._meta.model_name.removesuffix("schedule")
    users = PeriodicTask.objects.filter(**{kind: obj})
    return bool(users.count() != visible_to(request.user, users).count())


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(KindAdmin):
    """Five fields and their time zone."""

    list_display = ["__str__", "in_words"]
    fields = ["in_words", *FIELDS_OF_CRONTAB, "timezone"]
    readonly_fields = ["in_words"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return loadable(super().get_queryset(request))

    @admin.display(description="In words")
    def in_words(self, obj: CrontabSchedule) -> str:
        line = " ".join(getattr(obj, name) for name in FIELDS_OF_CRONTAB)
        return "".join(described(Definition(crontab=line, timezone=str(obj.timezone))))


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(KindAdmin):
    """One moment."""

    list_display = fields = ["clocked_time"]


admin.site.register([IntervalSchedule, SolarSchedule], KindAdmin)
