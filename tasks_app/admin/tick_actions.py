"""What people do with the ticks of a task: skip one, take that back, run those of a past range."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, page_of, tell
from tasks_app.admin.dialogs import ReasonForm, ask
from tasks_app.admin.tick_dialogs import BackfillForm

MAY = ["change"]
# Each is about one tick, and stands beside it.
PER_TICK = ["skip"]
WITH_SCHEDULE = ["backfill", "cancel_backfill"]
ASK_BACKFILL = ask(
    "Run the ticks of a past range?",
    "As the schedule is now. The number of runs is told before any starts.",
    "Go on",
    BackfillForm,
)
ASK_CANCEL_BACKFILL = ask(
    "Cancel the backfill?",
    "Its runs that wait never start; what runs is asked to stop and killed after its grace.",
    "Cancel the backfill",
    ReasonForm,
)
ASK_SKIP = ask(
    "Skip this tick?",
    "It is recorded as skipped, with your name and reason. It can be undone until then.",
    "Skip it",
    ReasonForm,
)


class TickActions:
    """Mixed into the page of tasks."""

    @action(description="Skip…", permissions=MAY, dialog=ASK_SKIP)
    def skip(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Put one coming tick aside."""
        actor = actor_of(request)
        at: Any = request.GET.get("at", "")
        tell(
            request,
            lambda: services.skip_tick(
                actor, services.get_task(actor, object_id), at, form.cleaned_data["reason"]
            ),
            lambda skip: f"The tick at {skip.scheduled_for:%Y-%m-%d %H:%M:%S} UTC will be skipped.",
        )
        return go_to(page_of("task", object_id))

    def undo_skip(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a tick run after all."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        actor = actor_of(request)
        at: Any = request.GET.get("at", "")
        tell(
            request,
            lambda: services.unskip_tick(actor, services.get_task(actor, object_id), at),
            lambda was: "It will run." if was else "It was not to be skipped any more.",
        )
        return HttpResponseRedirect(page_of("task", object_id))

    @action(description="Backfill…", permissions=MAY, icon="event_repeat", dialog=ASK_BACKFILL)
    def backfill(self, request: HttpRequest, form: BackfillForm, object_id: str) -> HttpResponse:
        """Submit a run for each tick of a past range."""
        actor = actor_of(request)
        tell(
            request,
            lambda: services.backfill_task(
                actor, services.get_task(actor, object_id), **form.given
            ),
            lambda runs: f"{len(runs)} run(s) submitted.",
        )
        return go_to(page_of("task", object_id))

    @action(
        description="Cancel backfill…",
        permissions=MAY,
        icon="event_busy",
        dialog=ASK_CANCEL_BACKFILL,
    )
    def cancel_backfill(
        self, request: HttpRequest, form: ReasonForm, object_id: str
    ) -> HttpResponse:
        """Stop the runs of backfills."""
        actor, reason = actor_of(request), form.cleaned_data["reason"]
        tell(
            request,
            lambda: services.cancel_backfill(actor, services.get_task(actor, object_id), reason),
            lambda count: f"{count} run(s) cancelled or asked to stop.",
        )
        return go_to(page_of("task", object_id))

    def get_urls(self: Any) -> list[Any]:
        """What acts at once comes by POST with its token, so it is no action of Unfold's."""
        undo = self.admin_site.admin_view(require_POST(self.undo_skip))
        name = "tasks_app_task_undo_skip"
        return [path("<path:object_id>/undo_skip/", undo, name=name), *super().get_urls()]  # type: ignore[misc]
