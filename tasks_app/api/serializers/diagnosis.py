"""The doctor's findings as they are answered."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from tasks_app.reporting.diagnosing.finding import Severity


class FindingSerializer(serializers.Serializer):
    """What a look at one part of the installation brought to light."""

    severity = serializers.ChoiceField(
        [severity.value for severity in Severity],
        help_text="An error stops or endangers work, a warning will; a note is nothing wrong.",
    )
    part = serializers.CharField(help_text="Such as `database`, `broker` or `queues`.")
    sentence = serializers.CharField(help_text="What is so.")
    advice = serializers.CharField(help_text="What to do; empty for a note.")


@extend_schema_serializer(many=False)
class DiagnosisSerializer(serializers.Serializer):
    """The whole examination."""

    well = serializers.BooleanField(help_text="Nothing is wrong; there may be notes.")
    findings = FindingSerializer(many=True)
