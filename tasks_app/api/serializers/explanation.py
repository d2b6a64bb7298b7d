"""Why a task, a run or a tick is as it is."""

from rest_framework import serializers


class ExplanationSerializer(serializers.Serializer):
    """An answer to the question why."""

    code = serializers.CharField(help_text="A word for programs.")
    sentence = serializers.CharField(help_text="A sentence for people.")
    evidence = serializers.ListField(child=serializers.CharField(), help_text="What proves it.")
    advice = serializers.ListField(child=serializers.CharField(), help_text="What to do.")
