"""Tokens of the REST API: only their hash is stored."""

from django.db import models
from knox.models import AbstractAuthToken, AuthTokenManager


class ApiToken(AbstractAuthToken):
    """A bearer token of one user, with a name that says what it is for."""

    name = models.CharField(max_length=100, blank=True)

    objects = AuthTokenManager()

    class Meta:
        db_table = "api_tokens"

    def __str__(self) -> str:
        return f"{self.name or self.token_key} of {self.user}"
