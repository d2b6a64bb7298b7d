"""Dialogs: whatever changes something asks first, and comes by POST with its CSRF token."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from tasks_app.admin.acting import actor_of
from tasks_app.admin.masked import MaskedArguments
from tasks_app.admin.when_fields import moment_field
from tasks_app.exceptions import NotFound
from tasks_app.models import Task, TaskExecution
from tasks_app.services import Actor, get_task

SUBMITTED = "_form_submitted"


def ask(title: str, description: str, button: str, form: type | None = None) -> dict[str, Any]:
    """What Unfold shows before an action runs."""
    return {
        "title": title,
        "description": description,
        "form_class": form,
        "form_submit_text": button,
    }


class DialogForm(BaseDialogForm):
    """What a person said in a dialog."""

    @property
    def given(self) -> dict[str, Any]:
        """The values, without Unfold's own mark."""
        return {name: value for name, value in self.cleaned_data.items() if name != SUBMITTED}


class ReasonForm(DialogForm):
    """Asks why; the answer goes into the audit trail."""

    reason = forms.CharField(
        required=False, max_length=500, widget=UnfoldAdminTextInputWidget, label="Reason"
    )


class ArgumentsForm(MaskedArguments, DialogForm):
    """Arguments of one run, those of its page's row to begin with."""

    # Finds that row for an actor, by its id. Raises NotFound.
    find: Callable[[Actor, str], Task | TaskExecution]

    args = forms.JSONField(
        label="Positional arguments", widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    kwargs = forms.JSONField(
        label="Keyword arguments", widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("args", "kwargs"):
            # An empty list or object is a value here, not a missing one.
            self.fields[name].empty_values = [None, ""]
        try:
            self.mask(self.find(actor_of(self.request), str(self.object_id)))
        except NotFound as missing:
            raise Http404(str(missing)) from missing


class ExecuteForm(ArgumentsForm):
    """How one run differs from its task."""

    find = staticmethod(get_task)
    countdown = forms.FloatField(
        label="Delay in seconds", min_value=0, initial=0, widget=UnfoldAdminTextInputWidget
    )
    scheduled_for = moment_field(
        "Logical time (UTC)", "Empty, or the moment this run stands for, which the job is told."
    )

    def clean_scheduled_for(self) -> str | None:
        """Nothing is none."""
        return self.cleaned_data["scheduled_for"] or None
