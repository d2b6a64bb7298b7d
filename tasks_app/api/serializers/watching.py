"""Alarms and counters as they are answered."""

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField
from tasks_app.api.serializers.parameters import PageParameters
from tasks_app.models.alarm import AlarmKind
from tasks_app.models.counter import MEANING


class AlarmParameters(PageParameters):
    ended = serializers.BooleanField(
        default=False, help_text="`true`: those that ended, instead of those that are open."
    )


class AlarmSerializer(serializers.Serializer):
    """Something of the installation itself that should live or move, and does not."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.CharField(
        read_only=True, help_text=f"One of {', '.join(f'`{kind}`' for kind in AlarmKind.values)}."
    )
    subject = serializers.CharField(
        read_only=True, help_text="The worker, beat or queue, or `owner:ID`; may be empty."
    )
    sentence = serializers.CharField(read_only=True, help_text="What is wrong.")
    advice = serializers.CharField(read_only=True, help_text="What to do.")
    raised_by = serializers.CharField(read_only=True, help_text="The process that saw it first.")
    raised_at = MomentField(read_only=True)
    seen_at = MomentField(read_only=True, help_text="Seen last, to about 15 s.")
    ended_at = MomentField(read_only=True, allow_null=True, help_text="null while it is open.")


class CounterSerializer(serializers.Serializer):
    """How often something rare happened since the installation was made."""

    name = serializers.CharField(
        read_only=True, help_text=f"Such as {', '.join(f'`{name}`' for name in MEANING)}."
    )
    value = serializers.IntegerField(read_only=True)
    meaning = serializers.CharField(read_only=True, help_text="What it counts.")
    counted_at = MomentField(read_only=True, help_text="When it grew last.")
