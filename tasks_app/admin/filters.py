"""Filters of the lists, with choices that cost no query."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from tasks_app.states import Priority, Status, Trigger


class StatusFilter(SimpleListFilter):
    """By the state that the list shows."""

    title = parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, status.label.lower()) for status in Status]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        return (
            queryset.in_status(Status(str(self.value()))) if self.value() in Status.values else None
        )


class TriggerFilter(SimpleListFilter):
    """By what caused a run."""

    title = parameter_name = "trigger"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(trigger.value, trigger.label.lower()) for trigger in Trigger]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        known = self.value() in Trigger.values
        return queryset.caused_by(Trigger(str(self.value()))) if known else None


class PriorityFilter(SimpleListFilter):
    """By how urgent it is."""

    title = parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(priority.value), priority.name.lower()) for priority in reversed(Priority)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        return queryset.filter(priority=self.value()) if (self.value() or "").isdecimal() else None
