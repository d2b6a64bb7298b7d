"""Running once more what is over."""

from typing import Any

from django import forms
from django.contrib.admin import action as bulk_action
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, page_of, tell, tell_each
from tasks_app.admin.dialogs import ArgumentsForm, ReasonForm, ask
from tasks_app.models import TaskExecution

WHEN_OVER = ["rerun", "rerun_with"]
ASK_RERUN = ask(
    "Run this once more?",
    "A new run with the same job, arguments, limits and policies. A step of a chain or a group "
    "runs alone: nothing follows its end.",
    "Rerun",
    ReasonForm,
)


class RerunForm(ArgumentsForm):
    """Other arguments, and why."""

    find = staticmethod(services.get_execution)
    reason = forms.CharField(
        required=False, max_length=500, widget=UnfoldAdminTextInputWidget, label="Reason"
    )


class RerunActions:
    """Mixed into the page of executions."""

    @action(description="Rerun…", permissions=["cancel"], icon="replay", dialog=ASK_RERUN)
    def rerun(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Exactly as it was."""
        return _rerun(request, object_id, **form.given)

    @action(
        description="Rerun with other arguments…",
        permissions=["cancel"],
        icon="edit",
        dialog=ask(
            "Run this once more with other arguments?",
            "A new run with the same job, limits and policies.",
            "Rerun",
            RerunForm,
        ),
    )
    def rerun_with(self, request: HttpRequest, form: RerunForm, object_id: str) -> HttpResponse:
        """With what was edited."""
        return _rerun(request, object_id, **form.given)

    @bulk_action(description="Rerun selected", permissions=["cancel"])
    def rerun_selected(self, request: HttpRequest, runs: Any) -> None:
        """Each exactly as it was."""
        actor = actor_of(request)
        tell_each(request, runs, lambda run: services.rerun_execution(actor, run), "rerun")


def _rerun(request: HttpRequest, object_id: str, **said: Any) -> HttpResponse:
    actor = actor_of(request)

    def submit() -> TaskExecution:
        old = services.get_execution(actor, object_id)
        return services.rerun_execution(actor, old, **said)

    new = tell(request, submit, lambda _: "It is submitted; this page follows it.")
    return go_to(page_of("taskexecution", new.pk if new else object_id))
