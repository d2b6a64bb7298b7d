"""The tries of an execution that were not its last word."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from tasks_app.admin.display import block, moment
from tasks_app.models import Attempt


class Attempts(TabularInline):
    """Tries that failed or were lost."""

    model = Attempt
    fields = readonly_fields = ["number", "outcome", "worker", "began", "ended", "why"]
    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may read the execution may read its attempts."""
        return True

    @admin.display(description="Started")
    def began(self, obj: Attempt) -> Any:
        return moment(obj.started_at)

    @admin.display(description="Ended")
    def ended(self, obj: Attempt) -> Any:
        return moment(obj.ended_at)

    @admin.display(description="Error")
    def why(self, obj: Attempt) -> Any:
        return block(obj.error[:2000])
