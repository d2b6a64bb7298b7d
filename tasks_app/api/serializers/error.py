"""The one shape of every refusal, for the schema; `errors.Refusal.body` writes it."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

SENTENCES = serializers.ListField(child=serializers.CharField())
# Not a class: REST framework has an attribute `errors` of its own.
ERROR = inline_serializer(
    "Error",
    {
        "code": serializers.CharField(help_text="A word for programs."),
        "detail": serializers.CharField(help_text="A sentence for people."),
        "errors": serializers.DictField(
            child=SENTENCES,
            required=False,
            help_text="Sentences by field, where fields are at fault.",
        ),
        "request_id": serializers.CharField(help_text="Also in the header X-Request-Id."),
    },
)
