"""What the pages of tasks and of executions do alike."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from tasks_app.exceptions import Refused

MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anybody pages: a million rows cost as much as ten thousand."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[: MOST_COUNTED + 1].count())


class RowList(ChangeList):
    """A list that knows its count only as far as it counted."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Without it, Unfold offers to show all of a list that may have a million rows.
        self.full_result_count = self.result_count


class OwnersAdmin(ModelAdmin):
    """Rows of the user's own, or all for a superuser; lists that stay fast when they grow."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    list_filter_submit = True

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return RowList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Every page starts here, so what is not visible does not exist."""
        rows: Any = super().get_queryset(request)
        return cast(QuerySet[Any], rows.visible_to(request.user))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What only the service knows, such as what a rival did meanwhile, is told too."""
        try:
            return cast(HttpResponse, super().changeform_view(request, *args, **kwargs))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)


class ReadOnlyAdmin(ModelAdmin):
    """A page to read: nothing of it can be written."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
