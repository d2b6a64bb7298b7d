"""A registered job as it is answered."""

from django.conf import settings
from rest_framework import serializers

from tasks_app.registry import RegisteredJob


class ParameterSerializer(serializers.Serializer):
    name = serializers.CharField()
    hint = serializers.CharField(help_text="The type hint as it stands in the source.")
    default = serializers.CharField(help_text="As it stands in the source; empty if there is none.")
    required = serializers.BooleanField()


class JobSerializer(serializers.Serializer):
    name = serializers.CharField()
    aliases = serializers.SerializerMethodField(help_text="Other names by which it is known.")
    doc = serializers.CharField(help_text="What it does, in one line.")
    parameters = ParameterSerializer(many=True)
    idempotent = serializers.BooleanField(help_text="Whether a lost run may be repeated.")
    queue = serializers.CharField(help_text="Where it runs by default; empty: by priority.")

    def get_aliases(self, job: RegisteredJob) -> list[str]:
        return sorted(alias for alias, name in settings.JOB_ALIASES.items() if name == job.name)
