"""Bodies and answers of `auth/`."""

from rest_framework import serializers

from tasks_app.api.serializers.strict import IntegerField, StrictForm, StringField
from tasks_app.api.serializers.token import TokenSerializer
from tasks_app.models.api_token import LONGEST_NAME, Dialect
from tasks_app.services.tokens import LONGEST, SHORTEST

LONGEST_USERNAME, LONGEST_PASSWORD = 150, 1000
A_YEAR = 365


class SignIn(StrictForm):
    """Who signs in."""

    username = StringField(max_length=LONGEST_USERNAME, trim_whitespace=False)
    password = StringField(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, style={"input_type": "password"}
    )


class NewToken(StrictForm):
    """A token to be made."""

    name = StringField(max_length=LONGEST_NAME, help_text="What it is for.")
    days = IntegerField(
        default=A_YEAR,
        min_value=SHORTEST.days,
        max_value=LONGEST.days,
        help_text="Until it expires.",
    )
    dialect = serializers.ChoiceField(
        Dialect.choices,
        default="",
        allow_blank=True,
        help_text="The document whose words and fields it is answered in; empty: Belfry's own.",
    )


class MeSerializer(serializers.Serializer):
    """Who asks, and with which token."""

    username = serializers.CharField(source="user.username", read_only=True)
    is_superuser = serializers.BooleanField(source="user.is_superuser", read_only=True)
    token = TokenSerializer(
        source="auth", allow_null=True, read_only=True, help_text="Null for a session."
    )
