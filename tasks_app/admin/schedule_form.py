"""The form of a schedule's own row: django-celery-beat's, in the look of the rest."""

from typing import Any

from django import forms
from django_celery_beat.admin import PeriodicTaskForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tasks_app import registry


class ScheduleForm(PeriodicTaskForm):
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
