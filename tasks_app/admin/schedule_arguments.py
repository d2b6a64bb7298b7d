"""Arguments of a schedule's row, which are JSON in a text: shown and edited without secrets."""

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django_celery_beat.models import PeriodicTask

from tasks_app.redaction import redact, redact_text, unredact
from tasks_app.services import shown_args

NAMES = ("args", "kwargs", "headers")


def shown_text(row: PeriodicTask, name: str) -> str:
    """The text of a column without secrets; as it is written where there are none."""
    text: str = getattr(row, name) or ""
    try:
        value = json.loads(text)
    except ValueError:
        return redact_text(text)
    shown = _shown(row, name, value)
    return text if shown == value else json.dumps(shown)


def _shown(row: PeriodicTask, name: str, value: Any) -> Any:
    is_positional = name == "args" and isinstance(value, list)
    return shown_args(row.task, value) if is_positional else redact(value)


def as_texts(fields: list[str]) -> list[str]:
    """`fields` where none is edited. The choice of a job is no column: it has no text."""
    return [f"shown_{name}" if name in NAMES else name for name in fields if name != "regtask"]


class ShownArguments:
    """Mixed into the page of schedules, for whoever may not edit a row."""

    @admin.display(description="Positional arguments")
    def shown_args(self, obj: PeriodicTask) -> str:
        return shown_text(obj, "args")

    @admin.display(description="Keyword arguments")
    def shown_kwargs(self, obj: PeriodicTask) -> str:
        return shown_text(obj, "kwargs")

    @admin.display(description="Headers")
    def shown_headers(self, obj: PeriodicTask) -> str:
        return shown_text(obj, "headers")


class MaskedTexts:
    """Mixed into the form of a schedule: what is left masked keeps its value."""

    instance: Any
    initial: Any

    def mask(self) -> None:
        """Begin with what may be shown of the row."""
        self._stored = {name: getattr(self.instance, name) or "" for name in NAMES}
        self._masked = {name: shown_text(self.instance, name) for name in NAMES}
        self.initial |= self._masked

    def unmask(self, name: str, text: str) -> str:
        """The checked `text` with the stored values. Raises ValidationError."""
        shown, stored = self._masked[name], self._stored[name]
        if shown == stored:
            return text
        try:
            return json.dumps(unredact(_value(text), _value(shown), _value(stored)))
        except ValueError as error:
            raise ValidationError(str(error)) from None


def _value(text: str) -> Any:
    """None for what is no JSON: nothing of it can be restored."""
    try:
        return json.loads(text)
    except ValueError:
        return None
