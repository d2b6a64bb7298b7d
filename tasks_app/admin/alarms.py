"""The pages of alarms and counters: to read."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from tasks_app.admin.base import ReadOnlyAdmin
from tasks_app.admin.display import chip, moment
from tasks_app.admin.doctor import DoctorPage
from tasks_app.models import Alarm, Counter


class OpenFilter(SimpleListFilter):
    """Whether it is open."""

    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "open"), ("ended", "over")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        ways = {"open": queryset.open, "ended": queryset.ended}
        return ways[str(self.value())]() if self.value() in ways else None


@admin.register(Alarm)
class AlarmAdmin(DoctorPage, ReadOnlyAdmin):
    """What of the installation itself does not live or move; open ones first."""

    list_display = ["what", "state", "told", "since", "ended"]
    list_display_links = ["what"]
    list_filter = [OpenFilter]
    actions_list = ["doctor"]
    sortable_by: list[str] = []
    fields = readonly_fields = [
        "state", "what", "subject", "sentence", "advice", "since", "last_seen", "ended",
        "raised_by",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        alarms: Any = super().get_queryset(request)
        rows: QuerySet[Any] = alarms.open_first()
        return rows

    @admin.display(description="State")
    def state(self, obj: Alarm) -> Any:
        return chip("skipped", "over") if obj.ended_at else chip("failure", "open")

    @admin.display(description="Alarm")
    def what(self, obj: Alarm) -> str:
        return obj.label

    @admin.display(description="What is wrong, and what to do")
    def told(self, obj: Alarm) -> Any:
        return format_html(
            '<div class="b-told"><bdi>{}</bdi><small>{}</small></div>', obj.sentence, obj.advice
        )

    @admin.display(description="Since")
    def since(self, obj: Alarm) -> Any:
        return moment(obj.raised_at)

    @admin.display(description="Last seen")
    def last_seen(self, obj: Alarm) -> Any:
        return moment(obj.seen_at)

    @admin.display(description="Ended")
    def ended(self, obj: Alarm) -> Any:
        return moment(obj.ended_at)


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    """How often something rare happened since the installation was made."""

    list_display = ["name", "value", "counts", "grew"]
    ordering = ["name"]
    fields = readonly_fields = ["name", "value", "counts", "grew"]

    @admin.display(description="What it counts")
    def counts(self, obj: Counter) -> str:
        return obj.meaning

    @admin.display(description="Grew last")
    def grew(self, obj: Counter) -> Any:
        return moment(obj.counted_at)
