"""Forms that refuse what they do not know, and take a value only as the type it is."""

from collections.abc import Mapping
from typing import Any, NoReturn

from rest_framework import serializers
from rest_framework.fields import empty

from tasks_app.exceptions import Invalid


class StrictForm(serializers.Serializer):
    """A form in which every name must be known."""

    def to_internal_value(self, data: Mapping[str, Any]) -> Any:
        if unknown := [name for name in data if name not in self.fields]:
            self.refuse(unknown)
        return super().to_internal_value(data)

    def refuse(self, unknown: list[str]) -> NoReturn:
        """Raise Invalid for names that the form does not have."""
        raise Invalid({name[:100]: ["This is not known here."] for name in unknown})


class Nothing(StrictForm):
    """For requests that carry nothing."""


class StringField(serializers.CharField):
    """A JSON string."""

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class IntegerField(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class NumberField(serializers.FloatField):
    """A JSON number."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return float(data)


class BooleanField(serializers.BooleanField):
    """`true` or `false`."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data
