"""The log of a run as it is answered."""

from django.db import models
from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField
from tasks_app.models import LogLine


class LogLineSerializer(serializers.ModelSerializer):
    """A line that a run logged or printed."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: MomentField
    }

    class Meta:
        model = LogLine
        fields = read_only_fields = ["number", "attempt", "at", "level", "logger", "text"]
        extra_kwargs = {
            "number": {"help_text": "Grows with every line; a later attempt has higher ones."},
            "at": {"help_text": "By the worker's clock."},
            "level": {"help_text": "As logged: `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`."},
            "logger": {
                "help_text": "Its name, or `stdout` or `stderr`; `belfry` for dropped lines."
            },
            "text": {"help_text": "One line, or several as of a traceback. Without secrets."},
        }


class RunLogSerializer(serializers.Serializer):
    """A part of a log, the oldest line first."""

    lines = LogLineSerializer(many=True)
    after = serializers.IntegerField(help_text="Send it as `after` to read on.")
    final = serializers.BooleanField(help_text="The run has ended: no lines will come.")
    dropped = serializers.IntegerField(
        help_text="Lines that are not kept: the oldest, when the log had grown too long."
    )
