"""Forms with arguments: secrets are shown as `***`, and what is left so keeps its value.

So nobody who may edit a task can read its secrets off the page, and saving the page as it was
shown changes nothing.
"""

from typing import Any

from django.core.exceptions import ValidationError

from tasks_app.models import Task
from tasks_app.redaction import unredact
from tasks_app.services import shown_arguments

ARGUMENTS = ("args", "kwargs")


class MaskedArguments:
    """Mixed into a form with the fields `args` and `kwargs` of a task."""

    initial: Any
    cleaned_data: Any
    # Empty for a new task: nothing is masked yet.
    _shown: dict[str, Any] = {}
    _stored: dict[str, Any] = {}

    def mask(self, task: Task) -> None:
        """Begin with the arguments of `task` as they are shown."""
        self._shown = shown_arguments(task)._asdict()
        self._stored = {name: getattr(task, name) for name in ARGUMENTS}
        self.initial |= self._shown

    def clean_args(self) -> Any:
        """With the stored values for what is left masked."""
        return self._unmasked("args")

    def clean_kwargs(self) -> Any:
        """With the stored values for what is left masked."""
        return self._unmasked("kwargs")

    def _unmasked(self, name: str) -> Any:
        given = self.cleaned_data[name]
        if not self._shown:
            return given
        try:
            return unredact(given, self._shown[name], self._stored[name])
        except ValueError as error:
            raise ValidationError(str(error)) from None
