"""The dialog that sets the outcome of a live run by hand."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, page_of, tell
from tasks_app.admin.dialogs import ReasonForm, ask
from tasks_app.exceptions import NotFound
from tasks_app.models import TaskExecution
from tasks_app.services.reporting_back import SETTABLE
from tasks_app.states import Status, sources

STILL_RUNNING = "still running: only its progress"


class OutcomeForm(ReasonForm):
    """Offers what the run may become."""

    status = forms.ChoiceField(label="Outcome", widget=UnfoldAdminSelectWidget)
    progress = forms.FloatField(
        label="Progress in percent",
        required=False,
        min_value=0,
        max_value=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="Empty: as it is, or 100 for a success.",
    )
    result = forms.JSONField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="JSON; it is passed on to what follows a success.",
    )
    error = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget)
    field_order = ["status", "progress", "result", "error", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            run = services.get_execution(actor_of(self.request), str(self.object_id))
        except NotFound as missing:
            raise Http404(str(missing)) from missing
        self.fields["status"].choices = _choices(run)


def _choices(run: TaskExecution) -> list[tuple[str, str]]:
    """What the table of moves allows; a run that has just ended is refused by the service."""
    words = [(word.value, word.label.lower()) for word in SETTABLE if run.status in sources(word)]
    if run.status != Status.STARTED:
        return [pair for pair in words if pair[0] != Status.STARTED] or [("", "it is over")]
    return [*words, (Status.STARTED.value, STILL_RUNNING)]


class OutcomeAction:
    """Mixed into the page of executions."""

    @action(
        description="Set the outcome…",
        permissions=["cancel"],
        icon="edit_note",
        dialog=ask(
            "Set the outcome of this run?",
            "It ends here with your word. Its job is asked to stop and killed after its grace, "
            "and whatever it still says changes nothing.",
            "Set the outcome",
            OutcomeForm,
        ),
    )
    def outcome(self, request: HttpRequest, form: OutcomeForm, object_id: str) -> HttpResponse:
        """End the run by hand, or only tell its progress."""
        actor = actor_of(request)

        def settle() -> TaskExecution:
            run = services.get_execution(actor, object_id)
            return services.set_outcome(actor, run, **form.given)

        tell(request, settle, lambda run: f"It is {run.status}, at {run.progress:g} %.")
        return go_to(page_of("taskexecution", object_id))
