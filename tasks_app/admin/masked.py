"""Forms with arguments: secrets are shown as `***`, and what is left so keeps its value.

So nobody who may edit a task can read its secrets off the page, and saving the page as it was
shown changes nothing.
"""

from copy import copy
from typing import Any

from django.core.exceptions import ValidationError

from tasks_app.exceptions import Invalid
from tasks_app.models import Task, TaskExecution
from tasks_app.services import meant_arguments, shown_arguments

ARGUMENTS = ("args", "kwargs")


class MaskedArguments:
    """Mixed into a form with the fields `args` and `kwargs` of a task or a run."""

    initial: Any
    cleaned_data: Any
    # Empty for a new task: nothing is masked yet.
    _masked: Task | TaskExecution | None = None

    def mask(self, row: Task | TaskExecution) -> None:
        """Begin with the arguments of `row` as they are shown."""
        # A copy: a form writes into its own while it is read.
        self._masked = copy(row)
        self.initial |= shown_arguments(row)._asdict()

    def clean_args(self) -> Any:
        """With the stored values for what is left masked."""
        return self._unmasked("args")

    def clean_kwargs(self) -> Any:
        """With the stored values for what is left masked."""
        return self._unmasked("kwargs")

    def _unmasked(self, name: str) -> Any:
        given = self.cleaned_data[name]
        if self._masked is None:
            return given
        try:
            return meant_arguments(self._masked, {name: given})[name]
        except Invalid as invalid:
            raise ValidationError(invalid.errors[name]) from None
