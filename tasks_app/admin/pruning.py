"""Pruning from the list of executions: the dialog counts first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, page_of, tell
from tasks_app.admin.dialogs import ReasonForm, ask
from tasks_app.admin.superusers import is_superuser
from tasks_app.services import PruningPreview

LIST = "admin:tasks_app_taskexecution_changelist"


class PruneForm(ReasonForm):
    """Says how many runs would go before it asks why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is sent was counted when it was asked.
        if not self.is_bound:
            old = services.preview_pruning(actor_of(self.request))
            self.fields["reason"].help_text = _told(old)


def _told(old: PruningPreview) -> str:
    if not old.total:
        return "No run is old enough to go."
    more = " or more" if old.more else ""
    parts = ", ".join(f"{count:,} {status}" for status, count in old.by_status.items())
    runs = "1 run goes" if old.total == 1 and not old.more else f"{old.total:,}{more} runs go"
    return f"{runs} for good: {parts}."


ASK_PRUNE = ask(
    "Prune the ledger?",
    "Everybody's runs that ended longer ago than RETENTION_DAYS says are deleted with their logs, "
    "but for the newest KEEP_LAST_RUNS of each task. A run in the background does it, and can be "
    "cancelled.",
    "Prune the ledger",
    PruneForm,
)


class PruneAction:
    """Mixed into the pages of executions."""

    def has_prune_permission(self, request: HttpRequest) -> bool:
        """They are everybody's runs; the service says so too."""
        return is_superuser(request)

    @action(description="Prune…", permissions=["prune"], icon="delete_sweep", dialog=ASK_PRUNE)
    def prune(self, request: HttpRequest, form: PruneForm) -> HttpResponse:
        """Submit the run that prunes, and lead to it."""
        actor, reason = actor_of(request), form.cleaned_data["reason"]
        run = tell(
            request,
            lambda: services.start_pruning(actor, reason),
            lambda _: "Pruning is submitted: this run does it.",
        )
        return go_to(page_of("taskexecution", run.pk) if run else reverse(LIST))
