"""Tokens of the REST API: only their hash is stored."""

from django.db import models
from django.db.models.functions import Now
from knox.models import AbstractAuthToken, AuthTokenManager


class ApiTokenManager(AuthTokenManager):
    """Makes tokens, and knows which still open the door."""

    def valid(self) -> models.QuerySet["ApiToken"]:
        """Tokens that have not expired, of users who may log in."""
        lasting = models.Q(expiry=None) | models.Q(expiry__gt=Now())
        valid: models.QuerySet[ApiToken] = self.filter(lasting, user__is_active=True)
        return valid.select_related("user")


class ApiToken(AbstractAuthToken):
    """A bearer token of one user, with a name that says what it is for."""

    name = models.CharField(max_length=100, blank=True)

    objects = ApiTokenManager()

    class Meta:
        db_table = "api_tokens"

    def __str__(self) -> str:
        return f"{self.name or self.token_key} of {self.user}"
