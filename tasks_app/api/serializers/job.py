"""A registered job as it is answered."""

from django.conf import settings
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from tasks_app.registry import RegisteredJob

# Not a class: REST framework has attributes `default` and `required` of its own.
PARAMETERS = inline_serializer(
    "Parameter",
    {
        "name": serializers.CharField(),
        "hint": serializers.CharField(help_text="The type hint as it stands in the source."),
        "default": serializers.CharField(help_text="As in the source; empty if there is none."),
        "required": serializers.BooleanField(),
    },
    many=True,
)


class JobSerializer(serializers.Serializer):
    """A function that a worker can run."""

    name = serializers.CharField()
    aliases = serializers.SerializerMethodField(help_text="Other names by which it is known.")
    doc = serializers.CharField(help_text="What it does, in one line.")
    parameters = PARAMETERS
    idempotent = serializers.BooleanField(help_text="Whether a lost run may be repeated.")
    queue = serializers.CharField(help_text="Where it runs by default; empty: by priority.")

    def get_aliases(self, job: RegisteredJob) -> list[str]:
        return sorted(alias for alias, name in settings.JOB_ALIASES.items() if name == job.name)
