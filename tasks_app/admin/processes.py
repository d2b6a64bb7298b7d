"""Workers and beats that were heard from."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tasks_app.admin.base import ReadOnlyAdmin
from tasks_app.admin.display import chip, moment
from tasks_app.models import Beat, Worker


class ProcessAdmin(ReadOnlyAdmin):
    """Processes that tell the database that they live."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        processes: Any = super().get_queryset(request)
        rows: QuerySet[Any] = processes.heard_last()
        return rows

    @admin.display(description="State")
    def state(self, obj: Any) -> Any:
        if obj.lives:
            return chip("success", "alive")
        return chip("skipped", "stopped") if obj.stopped_at else chip("failure", "silent")


@admin.register(Worker)
class WorkerAdmin(ProcessAdmin):
    """What each worker says of itself every few seconds."""

    list_display = [
        "hostname",
        "state",
        "seen",
        "stopped",
        "serves",
        "concurrency",
        "holds",
        "memory",
        "cpu",
    ]
    ordering = ["-seen_at"]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Runs of everybody are in a worker's hands: others than superusers are told how many."""
        return [] if getattr(request.user, "is_superuser", False) else ["held"]

    @admin.display(description="Heard from")
    def seen(self, obj: Worker) -> Any:
        return moment(obj.seen_at)

    @admin.display(description="Stopped")
    def stopped(self, obj: Worker) -> Any:
        return moment(obj.stopped_at)

    @admin.display(description="Queues")
    def serves(self, obj: Worker) -> str:
        return ", ".join(obj.queues)

    @admin.display(description="Holds")
    def holds(self, obj: Worker) -> int:
        return len(obj.held)

    @admin.display(description="Memory")
    def memory(self, obj: Worker) -> str:
        return f"{obj.memory_bytes / 1024**2:.0f} MiB"

    @admin.display(description="CPU")
    def cpu(self, obj: Worker) -> str:
        return f"{obj.cpu_percent:.0f} %"


@admin.register(Beat)
class BeatAdmin(ProcessAdmin):
    """What each beat says of itself every second."""

    list_display = [
        "name",
        "state",
        "seen",
        "swept",
        "lateness",
        "hears",
        "stopped",
        "code_version",
    ]
    ordering = ["-seen_at"]

    @admin.display(description="Heard from")
    def seen(self, obj: Beat) -> Any:
        return moment(obj.seen_at)

    @admin.display(description="Swept")
    def swept(self, obj: Beat) -> Any:
        return moment(obj.swept_at)

    @admin.display(description="Stopped")
    def stopped(self, obj: Beat) -> Any:
        return moment(obj.stopped_at)

    @admin.display(description="Lag")
    def lateness(self, obj: Beat) -> str:
        return f"{obj.lag:.2f} s"

    @admin.display(description="Edits")
    def hears(self, obj: Beat) -> str:
        """Without triggers it compares all schedules, which takes longer the more there are."""
        return "seen at once" if obj.sees_edits else "found by comparing: triggers are missing"
