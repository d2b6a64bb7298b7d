"""Ticks of a schedule as they are answered: previewed, coming, put aside, run again."""

from rest_framework import serializers

from tasks_app.api.serializers.execution import ExecutionSerializer
from tasks_app.api.serializers.fields import LocalMomentField, MomentField

NOTES = "Sentences on what people may not expect."


class DescriptionSerializer(serializers.Serializer):
    """A schedule in words."""

    en = serializers.CharField(help_text="In English.")
    zh = serializers.CharField(help_text="In Chinese.")


class FireSerializer(serializers.Serializer):
    """One fire."""

    at = MomentField(help_text="In UTC.")
    local = LocalMomentField(help_text="In the schedule's zone.")
    shown = LocalMomentField(help_text="In the zone that was asked for.")
    notes = serializers.ListField(child=serializers.CharField(), help_text=NOTES)


class PreviewSerializer(serializers.Serializer):
    """What a schedule would do."""

    description = DescriptionSerializer()
    fires = FireSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField(), help_text=NOTES)


class TickSerializer(serializers.Serializer):
    """A tick to come."""

    at = MomentField()
    skipped = serializers.BooleanField(help_text="Whether a person put it aside.")
    skip_reason = serializers.CharField()


class UpcomingTickSerializer(TickSerializer):
    """A tick to come, and whose; no task stands behind a schedule that other code made."""

    task = serializers.UUIDField(source="task.pk", allow_null=True)
    task_name = serializers.CharField(source="task.name", allow_null=True)
    schedule_name = serializers.CharField()


class BackfillPreviewSerializer(serializers.Serializer):
    """What a backfill would run."""

    count = serializers.IntegerField()
    first = MomentField(allow_null=True, help_text="The first tick of the range.")
    last = MomentField(allow_null=True)
    most = serializers.IntegerField(help_text="A backfill runs so many at most.")


class BackfillSerializer(serializers.Serializer):
    """The runs of a backfill, the oldest tick first."""

    count = serializers.IntegerField()
    executions = ExecutionSerializer(many=True)


class CancelledBackfillSerializer(serializers.Serializer):
    """How many runs were stopped or asked to stop."""

    count = serializers.IntegerField()
