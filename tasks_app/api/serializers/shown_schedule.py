"""The schedule of a task as it is answered; it needs `attach_schedules`."""

from typing import Any

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField, SecondsField

DEFINITION = "shown.definition"


class TextOrNull(serializers.CharField):
    """What is not said is null."""

    def to_representation(self, value: Any) -> Any:
        return value or None


class SolarSerializer(serializers.Serializer):
    """An event of the sun and its place."""

    event = serializers.CharField()
    latitude = serializers.FloatField(help_text="Degrees north.")
    longitude = serializers.FloatField(help_text="Degrees east.")


class ShownScheduleSerializer(serializers.Serializer):
    """The fields of a schedule, whatever form it was given in, and what it means."""

    crontab = TextOrNull(
        source=f"{DEFINITION}.crontab",
        allow_null=True,
        read_only=True,
        help_text="Minute, hour, day of month, month and day of week.",
    )
    timezone = TextOrNull(
        source=f"{DEFINITION}.timezone",
        allow_null=True,
        read_only=True,
        help_text="Of the crontab.",
    )
    interval = SecondsField(
        source=f"{DEFINITION}.interval", allow_null=True, read_only=True, help_text="Seconds."
    )
    solar = SolarSerializer(source=f"{DEFINITION}.solar", allow_null=True, read_only=True)
    scheduled_time = MomentField(
        source=f"{DEFINITION}.scheduled_time", allow_null=True, read_only=True
    )
    start_time = MomentField(source=f"{DEFINITION}.start_time", allow_null=True, read_only=True)
    end_time = MomentField(source=f"{DEFINITION}.end_time", allow_null=True, read_only=True)
    schedule_text = serializers.CharField(
        source="shown.text", read_only=True, help_text="The schedule in words; empty without one."
    )
    next_fire_at = MomentField(
        source="shown.next_fire_at",
        allow_null=True,
        read_only=True,
        help_text="Null if it will not fire, or was edited within the last second.",
    )
    schedule_error = serializers.CharField(
        source="shown.error", read_only=True, help_text="Why the schedule cannot be kept."
    )
