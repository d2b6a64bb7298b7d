"""Arguments as JSON in a text, as other systems' clients send them."""

from typing import Any

from rest_framework import serializers

from tasks_app.api.exceptions import BadJSON
from tasks_app.api.parsers import read_value
from tasks_app.api.serializers.strict import StrictForm
from tasks_app.exceptions import Invalid


class JSONTextField(serializers.CharField):
    """A text that says a JSON array or object."""

    default_error_messages = {
        "no_text": "Write JSON in a text, such as {example}.",
        "wrong": "This text must say JSON such as {example}.",
    }

    def __init__(self, kind: type, example: str, **options: Any) -> None:
        self.kind, self.example = kind, example
        super().__init__(required=False, allow_null=True, allow_blank=True, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is serializers.empty or data is None or data == "":
            return super().run_validation(data)
        if not isinstance(data, str):
            self.fail("no_text", example=self.example)
        try:
            value = read_value(data)
        except BadJSON as error:
            raise serializers.ValidationError(str(error.detail)) from None
        if not isinstance(value, self.kind):
            self.fail("wrong", example=self.example)
        return value


class FlatArguments(StrictForm):
    """`task_args` and `task_kwargs` become `args` and `kwargs`."""

    task_args = JSONTextField(list, '["Hello", 5]', help_text="`args`, as JSON in a text.")
    task_kwargs = JSONTextField(dict, '{"key": 5}', help_text="`kwargs`, as JSON in a text.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises Invalid where both forms of one field are given."""
        said: dict[str, Any] = super().validate(attrs)
        for field in ("args", "kwargs"):
            given = said.pop(f"task_{field}", None)
            if given is None or given == "":
                continue
            if field in said:
                raise Invalid({f"task_{field}": [f"Give {field} or task_{field}, not both."]})
            said[field] = given
        return said
