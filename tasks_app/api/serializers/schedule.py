"""When a task runs by itself, as a body says it; the service reads what it means."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField
from tasks_app.api.serializers.strict import IntegerField, StrictForm, StringField
from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, UNITS
from tasks_app.scheduling.solar import EVENTS
from tasks_app.states import CatchUp, CronSemantics, Overlap


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


TEXT, WHOLE = {"type": "string"}, {"type": "integer", "minimum": 0}
CRONTAB = _object(
    dict.fromkeys((*FIELDS_OF_CRONTAB, "timezone"), TEXT),
    example={"minute": "0", "hour": "9", "timezone": "Europe/London"},
)
INTERVAL = _object(dict.fromkeys(UNITS, WHOLE), example={"hours": 1, "minutes": 30})
SOLAR = _object(
    {
        "event": {"type": "string", "enum": list(EVENTS)},
        "latitude": {"type": "number", "minimum": -90, "maximum": 90},
        "longitude": {"type": "number", "minimum": -180, "maximum": 180},
    },
    required=["event", "latitude", "longitude"],
)


class OneOf(serializers.Field):
    """A value of some JSON types; what it means is not looked at here."""

    types: tuple[type, ...]

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, self.types):
            self.fail("invalid")
        return data


@extend_schema_field({"oneOf": [{**TEXT, "example": "0 9 * * mon-fri"}, CRONTAB]})
class CrontabField(OneOf):
    """Five fields in one line, or an object of them."""

    types = (str, dict)
    default_error_messages = {
        "invalid": "Write five fields in one text, or an object of "
        f"{', '.join(FIELDS_OF_CRONTAB)} and timezone."
    }


@extend_schema_field({"oneOf": [{**WHOLE, "minimum": 1, "example": 300}, INTERVAL]})
class IntervalField(OneOf):
    """Whole seconds, or an object of units."""

    types = (int, dict)
    default_error_messages = {"invalid": f"Write whole seconds or an object of {', '.join(UNITS)}."}


@extend_schema_field(SOLAR)
class SolarField(OneOf):
    """An event of the sun and its place."""

    types = (dict,)
    default_error_messages = {"invalid": "Write an object of event, latitude and longitude."}


def _moment(text: str) -> MomentField:
    return MomentField(required=False, allow_null=True, help_text=f"{text} Without a zone: UTC.")


class ScheduleFields(StrictForm):
    """At most one of `crontab`, `interval`, `solar` and `scheduled_time`, and its bounds."""

    crontab = CrontabField(
        required=False,
        allow_null=True,
        help_text="Minute, hour, day of month, month and day of week; what an object leaves out "
        "is `*`. By default both day fields must fit, as in Celery: see `cron_semantics`.",
    )
    timezone = StringField(
        required=False,
        allow_null=True,
        max_length=63,
        help_text="Of the crontab; the installation's if not given.",
    )
    interval = IntervalField(
        required=False, allow_null=True, help_text="At least one unit must be greater than 0."
    )
    solar = SolarField(required=False, allow_null=True)
    scheduled_time = _moment("It runs once, at this time.")
    start_time = _moment("No tick before this time; an interval counts from it.")
    end_time = _moment("No tick at this time or later.")
    cron_semantics = serializers.ChoiceField(
        CronSemantics.choices,
        required=False,
        help_text="What a crontab means that restricts both day fields.",
    )


class SchedulePolicies(StrictForm):
    """What becomes of ticks that cannot simply run."""

    overlap = serializers.ChoiceField(
        Overlap.choices, required=False, help_text="A tick comes while another run is live."
    )
    catch_up = serializers.ChoiceField(
        CatchUp.choices, required=False, help_text="After a time without a scheduler."
    )
    catch_up_window = IntegerField(
        required=False, help_text="Seconds; ticks missed longer ago are not run."
    )
    disable_after_failures = IntegerField(
        required=False,
        allow_null=True,
        help_text="Failures in a row after which the task is disabled; null: never.",
    )
    jitter = IntegerField(
        required=False, help_text="Seconds over which tasks of the same moment are spread."
    )
    max_runs = IntegerField(
        required=False,
        allow_null=True,
        help_text="Runs that its schedule starts in all; null: no limit.",
    )
