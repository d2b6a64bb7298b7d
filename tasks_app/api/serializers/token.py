"""A token as it is answered: never its hash, and itself only when it is made."""

from rest_framework import serializers

from tasks_app.api.serializers.fields import MomentField
from tasks_app.models import ApiToken
from tasks_app.models.api_token import Dialect


class TokenSerializer(serializers.Serializer):
    """What is known of a token."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True, help_text="What it is for; `login` of a sign-in.")
    user = serializers.CharField(source="user.username", read_only=True)
    dialect = serializers.ChoiceField(
        Dialect.choices,
        allow_blank=True,
        read_only=True,
        help_text="The document whose words and fields it is answered in; empty: Belfry's own.",
    )
    begins_with = serializers.CharField(
        source="token_key", read_only=True, help_text="The beginning of the token itself."
    )
    created_at = MomentField(source="created", read_only=True)
    expires_at = MomentField(source="expiry", allow_null=True, read_only=True)
    last_used_at = MomentField(
        allow_null=True, read_only=True, help_text="To the minute; null: never."
    )


class CreatedTokenSerializer(TokenSerializer):
    """A new token."""

    token = serializers.SerializerMethodField(
        help_text="Send it as `Authorization: Bearer ...`. It is shown this once."
    )

    def get_token(self, _: ApiToken) -> str:
        secret: str = self.context["secret"]
        return secret
