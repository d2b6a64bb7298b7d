"""The form of a task: what its fields refuse is told beside them, before anything is written."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from tasks_app import registry
from tasks_app.admin.masked import MaskedArguments
from tasks_app.admin.when import WhenForm
from tasks_app.exceptions import Invalid, KeyTaken, VersionConflict
from tasks_app.models import Task
from tasks_app.models.task import EDITABLE
from tasks_app.services import check_task

# Columns that hold a JSON array of words.
NAMES = ("tags", "retry_on", "fail_on", "unique_keys")


def _names(help_text: str) -> forms.JSONField:
    return forms.JSONField(
        required=False, initial=list, widget=UnfoldAdminTextInputWidget, help_text=help_text
    )


class TaskForm(MaskedArguments, WhenForm):
    """Saved by the services, which check the same again."""

    owner: User
    start = forms.ChoiceField(
        choices=[("manual", "when its schedule or somebody starts it"), ("now", "at once")],
        initial="manual",
        widget=UnfoldAdminSelectWidget,
        label="First run",
    )
    celery_task_name = forms.ChoiceField(label="Job", widget=UnfoldAdminSelectWidget)
    args = forms.JSONField(
        label="Positional arguments",
        initial=list,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text='A JSON array: ["hello", 3]',
    )
    kwargs = forms.JSONField(
        label="Keyword arguments",
        initial=dict,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text='A JSON object: {"document_id": "doc-123"}',
    )
    tags = _names('A JSON array of words: ["nightly"]')
    retry_on = _names('Errors that are tried again: ["OSError"]. Empty: all.')
    fail_on = _names('Errors that end a run at once: ["ValueError"].')
    unique_keys = _names('Arguments that are compared: ["document_id"]. Empty: all.')
    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Task
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("args", "kwargs", *NAMES):
            # An empty list or object is a value here, not a missing one.
            self.fields[name].empty_values = [None, ""]
        self.fields["celery_task_name"].choices = self._jobs()  # type: ignore[attr-defined]
        if self.instance.version and not self.instance._state.adding:
            del self.fields["start"]
            self.fields["read_version"].initial = self.instance.version
            self.mask(self.instance)

    def _jobs(self) -> list[tuple[str, str]]:
        """What can run; and the name that the task has, if it is an alias or no longer known."""
        jobs = [(job.name, _described(job)) for job in registry.jobs()]
        own = self.instance.celery_task_name
        if own and own not in dict(jobs):
            jobs.insert(0, (own, f"{own}: {registry.resolve(own)}"))
        return [("", "Choose what to run"), *jobs]

    def clean_key(self) -> str | None:
        """An empty key is none: two empty ones would collide."""
        return self.cleaned_data["key"] or None

    def clean(self) -> Any:
        """No names are an empty list."""
        said = super().clean()
        empty = [name for name in NAMES if self.cleaned_data.get(name, []) is None]
        self.cleaned_data.update({name: [] for name in empty})
        return said

    def _post_clean(self) -> None:
        """After Django's own checks, those of the services, beside the fields they are about."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        self.instance.owner = self.owner
        try:
            check_task(self.instance)
        except Invalid as invalid:
            for field, sentences in invalid.errors.items():
                for sentence in sentences:
                    self.add_error(field if field in self.fields else None, sentence)
        if not self.errors:
            self.check_when()
        self._check_rivals()

    def _check_rivals(self) -> None:
        """Somebody else's change, or another task with the same key."""
        same_key = Task.objects.with_key_of(self.owner, self.instance.key)
        if same_key.exclude(pk=self.instance.pk).exists():
            self.add_error("key", str(KeyTaken(self.instance.key or "")))
        now = Task.objects.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        read = self.cleaned_data.get("read_version")
        if now is not None and read is not None and read != now:
            self.add_error(None, str(VersionConflict(now)))


def _described(job: registry.RegisteredJob) -> str:
    queue = f" (queue {job.queue})" if job.queue else ""
    return f"{job.name}: {job.doc}{queue}"
