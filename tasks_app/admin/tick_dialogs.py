"""Dialogs about single ticks and about ranges of them."""

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from tasks_app import services
from tasks_app.admin.acting import actor_of
from tasks_app.admin.dialogs import ReasonForm
from tasks_app.admin.when_fields import moment_field
from tasks_app.exceptions import Invalid, Refused
from tasks_app.services import BackfillPreview


class BackfillForm(ReasonForm):
    """Asks for a range first, then whether its ticks, now counted, shall run."""

    start = moment_field("From (UTC)")
    end = moment_field("Up to, not at (UTC)")
    order = forms.ChoiceField(
        label="Order",
        choices=[("in_order", "one after the other"), ("at_once", "at once")],
        widget=UnfoldAdminSelectWidget,
    )
    pace = forms.FloatField(
        label="Seconds between the starts",
        required=False,
        min_value=0,
        initial=0,
        widget=UnfoldAdminTextInputWidget,
        help_text="Only with at once.",
    )
    field_order = ["start", "end", "order", "pace", "reason", "confirm"]

    def clean_pace(self) -> float:
        """Nothing is none."""
        pace = self.cleaned_data["pace"] or 0
        if pace and self.cleaned_data.get("order") == "in_order":
            raise forms.ValidationError("Runs in order follow each other: a pace is for at once.")
        return float(pace)

    def clean(self) -> None:
        """Count, and accept only a confirmation of that very count."""
        super().clean()
        if not self.errors and (counted := self._count()):
            is_confirmed = self.data.get("confirm") == str(counted.count)
            self._ask(counted)
            if not is_confirmed:
                self.add_error("confirm", "Nothing has started yet: tick this to start.")

    def _count(self) -> BackfillPreview | None:
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        actor = actor_of(self.request)
        try:
            task = services.get_task(actor, str(self.object_id))
            counted = services.preview_backfill(actor, task, start, end)
        except Refused as refusal:
            errors = refusal.errors if isinstance(refusal, Invalid) else {"start": [str(refusal)]}
            for field, sentences in errors.items():
                self.add_error(field, sentences)
            return None
        if not 0 < counted.count <= counted.most:
            sentence = f"The range holds {counted.count} ticks; choose one of 1 to {counted.most}."
            self.add_error("end", sentence)
        return counted if not self.errors else None

    def _ask(self, counted: BackfillPreview) -> None:
        self.fields["confirm"] = forms.BooleanField(
            required=False,
            label=f"Start {counted.count} run(s): the first for "
            f"{counted.first:%Y-%m-%d %H:%M:%S} UTC, the last for "
            f"{counted.last:%Y-%m-%d %H:%M:%S} UTC",
            widget=UnfoldBooleanWidget(attrs={"value": counted.count}),
        )
