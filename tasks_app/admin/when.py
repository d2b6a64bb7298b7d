"""The section "When" of a task's form: what a person changed in it, and whether that can be."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core import signing

from tasks_app.admin.when_fields import WhenFields
from tasks_app.admin.when_values import ONCE, Values, field_for, said_by, values_of
from tasks_app.exceptions import Invalid
from tasks_app.scheduling.definition import Definition
from tasks_app.scheduling.reading import merge, read_definition


class WhenForm(WhenFields):
    """A task shows the schedule that is attached to it; a new one has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = getattr(self.instance, "shown", None)
        self._present: Definition = shown.definition if shown else Definition()
        values = values_of(self._present)
        read = {"timezone": settings.CELERY_TIMEZONE, "read_when": signing.dumps(values)}
        self.initial = {**read, **values, **self.initial}
        if not self.instance._state.adding:
            self.fields["when"].widget.attrs["data-task"] = str(self.instance.pk)

    def clean_read_when(self) -> Values:
        """The values that were shown; if nobody says, those of the row now."""
        read = self.cleaned_data["read_when"]
        try:
            return cast(Values, signing.loads(read)) if read else values_of(self._present)
        except signing.BadSignature:
            raise forms.ValidationError("The form was damaged: read it again.") from None

    def changed_moments(self) -> dict[str, Any]:
        """The flat fields that this person changed; None takes one away."""
        before, said = said_by(self.cleaned_data["read_when"]), said_by(self.cleaned_data)
        return {name: value for name, value in said.items() if value != before[name]}

    def check_when(self) -> None:
        """Refuse, beside its field, what the schedule would become and cannot be."""
        given = self.cleaned_data
        if given["when"] == ONCE and not given["scheduled_time"]:
            self.add_error("scheduled_time", "Say when it runs.")
            return
        changes = self.changed_moments()
        if not changes and not (self._present.crontab and "cron_semantics" in self.changed_data):
            return
        try:
            read_definition(merge(self._present, changes), semantics=given["cron_semantics"])
        except Invalid as invalid:
            for name, sentences in invalid.errors.items():
                for sentence in sentences:
                    self.add_error(field_for(name, sentence), sentence)
