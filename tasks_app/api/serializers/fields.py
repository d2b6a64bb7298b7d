"""Fields with a meaning of ours: moments, priorities, words for a status."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks_app.api.compat.dialect import Translation
from tasks_app.states import SYNONYMS, Priority, Status, read_status

LONGEST_WORD = 20
WORDS_FOR_STATUS = [*Status.values, *SYNONYMS]


class MomentField(serializers.DateTimeField):
    """A time in UTC, whatever zone the installation or the thread is in; naive input means UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class LocalMomentField(serializers.DateTimeField):
    """A time in the zone it has, with that zone's offset."""

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


class NamesField(serializers.ListField):
    """A few words; none is an empty list."""

    child = serializers.CharField()

    def get_attribute(self, instance: Any) -> Any:
        return super().get_attribute(instance) or []


class SecondsField(serializers.FloatField):
    """A duration; whole seconds stay an integer."""

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "enum": Priority.values},
            {"type": "string", "enum": [name.lower() for name in Priority.names]},
        ]
    }
)
class PriorityField(serializers.Field):
    """A number from 1 to 4 or a word; the service reads it."""

    default_error_messages = {
        "invalid": "Use a number from 1 to 4, or low, normal, high or critical."
    }

    def to_internal_value(self, data: Any) -> int | str:
        if (
            isinstance(data, bool)
            or not isinstance(data, int | str)
            or len(str(data)) > LONGEST_WORD
        ):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "enum": WORDS_FOR_STATUS})
class StatusField(serializers.Field):
    """The statuses that a filter's word means: one, or in a dialect all that it answers so."""

    default_error_messages = {"invalid": f"Use one of {', '.join(WORDS_FOR_STATUS)}."}

    def to_internal_value(self, data: Any) -> tuple[Status, ...]:
        dialect: Translation | None = self.context.get("dialect")
        try:
            return dialect.meant_by(data) if dialect else (read_status(data),)
        except ValueError:
            self.fail("invalid")
