"""The form of a schedule's own row: django-celery-beat's, in the look of the rest."""

from typing import Any

from django import forms
from django_celery_beat.admin import PeriodicTaskForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tasks_app import registry
from tasks_app.admin.schedule_arguments import MaskedTexts


class ScheduleForm(MaskedTexts, PeriodicTaskForm):
    """One may choose among the jobs that can run here, or write a name."""

    regtask = forms.ChoiceField(
        label="Job (registered)", required=False, widget=UnfoldAdminSelectWidget
    )
    task = forms.CharField(
        label="Job (by name)",
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="If none is chosen above.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        jobs = [(job.name, job.name) for job in registry.jobs()]
        self.fields["regtask"].choices = [("", "as written below"), *jobs]
        self.mask()

    def clean_args(self) -> str:
        """JSON, with the stored values for what is left masked."""
        return self.unmask("args", super().clean_args())

    def clean_kwargs(self) -> str:
        """JSON, with the stored values for what is left masked."""
        return self.unmask("kwargs", super().clean_kwargs())

    def clean_headers(self) -> str:
        """JSON, with the stored values for what is left masked."""
        return self.unmask("headers", self._clean_json("headers"))
