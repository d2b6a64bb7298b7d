"""The forms of pauses: what is held, why and how long; and before the end, how many runs wait."""

from contextlib import suppress
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from tasks_app import services
from tasks_app.admin.acting import actor_of
from tasks_app.admin.dialogs import ReasonForm
from tasks_app.exceptions import Refused
from tasks_app.models import Pause
from tasks_app.models.validators import validate_queue
from tasks_app.reporting.explaining.held import wait_in_words
from tasks_app.services.pausing import LONGEST

TASK, QUEUE, EVERYTHING = "task", "queue", "everything"
MINUTE = 60


def minutes_field() -> forms.IntegerField:
    """How long a pause lasts."""
    return forms.IntegerField(
        label="For so many minutes",
        required=False,
        min_value=1,
        max_value=int(LONGEST.total_seconds()) // MINUTE,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Empty: until somebody resumes it.",
    )


def seconds(minutes: int | None) -> int | None:
    """As the service takes them."""
    return minutes * MINUTE if minutes else None


class PauseForm(forms.ModelForm):
    """What is asked for; the service makes it."""

    what = forms.ChoiceField(
        label="Pause",
        choices=[(TASK, "a task"), (QUEUE, "a queue"), (EVERYTHING, "everything")],
        widget=UnfoldAdminSelectWidget,
        help_text="Nothing of it starts, and what runs goes on.",
    )
    of_task = forms.CharField(
        label="Task",
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="For a task: its id, or its key.",
    )
    of_queue = forms.CharField(
        label="Queue",
        required=False,
        max_length=100,
        validators=[validate_queue],
        widget=UnfoldAdminTextInputWidget,
        help_text="For a queue: its name.",
    )
    minutes = minutes_field()

    class Meta:
        model = Pause
        fields = ["reason"]
        widgets = {"reason": UnfoldAdminTextInputWidget}

    def clean(self) -> dict[str, Any]:
        """The subject, as the service takes it."""
        given: dict[str, Any] = super().clean() or {}
        what = given.get("what")
        self.subject: dict[str, Any] = {"everything": True} if what == EVERYTHING else {}
        if what == QUEUE:
            self.subject = {"queue": self._named("of_queue", "Name the queue.")}
        elif what == TASK and (name := self._named("of_task", "Name the task.")):
            self.subject = {"task": self._task(name)}
        return given

    def _named(self, field: str, missing: str) -> str:
        name = str(self.cleaned_data.get(field) or "")
        if not name and field not in self.errors:
            self.add_error(field, missing)
        return name

    def _task(self, name: str) -> Any:
        try:
            return services.find_task(self.actor, name)  # type: ignore[attr-defined]
        except Refused as refusal:
            self.add_error("of_task", str(refusal))
            return None


class PauseTaskForm(ReasonForm):
    """Asks why and for how long."""

    minutes = minutes_field()


class ResumeForm(ReasonForm):
    """Says how many runs wait before it asks why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Resumed meanwhile, or not theirs to know of: the service tells.
        with suppress(Refused):
            pause = self.find()
            wait = f"{wait_in_words(pause)} for the end of the pause of {pause.what}."
            self.fields["reason"].help_text = wait

    def find(self) -> Pause:
        """The pause that the dialog is about."""
        return services.get_pause(actor_of(self.request), self.object_id)


class ResumeTaskForm(ResumeForm):
    """The same on the page of a task."""

    def find(self) -> Pause:
        actor = actor_of(self.request)
        return services.get_pause_of_task(actor, services.get_task(actor, self.object_id))
