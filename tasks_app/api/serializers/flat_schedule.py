"""Crontabs and intervals with one flat field for each part, as other systems' clients send them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks_app.api.serializers.schedule import OneOf, ScheduleFields
from tasks_app.api.serializers.strict import IntegerField, StringField
from tasks_app.exceptions import Invalid
from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, KINDS, UNITS

CRONTAB, INTERVAL = "crontab", "interval"
# The field of ours that each of theirs is a part of.
WHOLE_OF = {
    **{f"{CRONTAB}_{part}": CRONTAB for part in FIELDS_OF_CRONTAB},
    f"{CRONTAB}_timezone": "timezone",
    **{f"{INTERVAL}_{unit}": INTERVAL for unit in UNITS},
    "task_args": "args",
    "task_kwargs": "kwargs",
}


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}]})
class CrontabPartField(OneOf):
    """One of the five fields; a single number may be sent as such."""

    types = (str, int)
    default_error_messages = {"invalid": "Write a text, such as */5."}


def _part() -> serializers.Field:
    return CrontabPartField(required=False, allow_null=True, help_text="`*` if not given.")


def _unit() -> serializers.Field:
    return IntegerField(
        required=False, allow_null=True, min_value=0, help_text="Added to the other units."
    )


class FlatSchedule(ScheduleFields):
    """The parts are put together here: below, only `crontab` and `interval` are known."""

    crontab_minute = _part()
    crontab_hour = _part()
    crontab_day_of_month = _part()
    crontab_month_of_year = _part()
    crontab_day_of_week = _part()
    crontab_timezone = StringField(
        required=False, allow_null=True, max_length=63, help_text="The same as `timezone`."
    )
    interval_days = _unit()
    interval_hours = _unit()
    interval_minutes = _unit()
    interval_seconds = _unit()

    def run_validation(self, data: Any = serializers.empty) -> Any:
        with told_as_given(data):
            return super().run_validation(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises Invalid where a field is given whole and in parts."""
        said: dict[str, Any] = super().validate(attrs)
        parts = _taken(said, CRONTAB, FIELDS_OF_CRONTAB)
        units = _taken(said, INTERVAL, UNITS)
        zone = said.pop("crontab_timezone", None)
        if parts:
            _put(said, CRONTAB, parts)
        # Forms send zeros along with another kind of schedule.
        if any(units.values()) or (units and not _says_when(said)):
            _put(said, INTERVAL, units)
        if zone:
            _put(said, "timezone", zone)
        return said


@contextmanager
def told_as_given(body: Any) -> Iterator[None]:
    """Let a refusal name the fields of `body` that are parts of the one at fault."""
    try:
        yield
    except Invalid as error:
        raise Invalid(
            {
                name: texts
                for field, texts in error.errors.items()
                for name in _given_for(field, texts, body)
            }
        ) from None


def _taken(said: dict[str, Any], whole: str, parts: Any) -> dict[str, Any]:
    taken = {part: said.pop(f"{whole}_{part}", None) for part in parts}
    return {part: value for part, value in taken.items() if value not in (None, "")}


def _put(said: dict[str, Any], field: str, value: Any) -> None:
    if said.get(field) not in (None, ""):
        raise Invalid({field: [f"Give {field} whole or in parts, not both."]})
    said[field] = value


def _says_when(said: Mapping[str, Any]) -> bool:
    return any(said.get(kind) not in (None, "") for kind in KINDS)


def _given_for(field: str, texts: list[str], body: Mapping[str, Any]) -> list[str]:
    """The parts of `field` in the body; one of them alone if the sentence is about it."""
    if field in body:
        return [field]
    parts = [
        name for name, whole in WHOLE_OF.items() if whole == field and body.get(name) is not None
    ]
    meant = [name for name in parts if texts[0].startswith(f"{name.partition('_')[2]} ")]
    return meant or parts or [field]
