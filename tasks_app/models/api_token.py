"""Tokens of the REST API: only their hash is stored."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from knox.models import AbstractAuthToken, AuthTokenManager
from knox.settings import CONSTANTS

from tasks_app.models.ids import uuid7

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

LONGEST_NAME = 100
# Use is noted no more often: a busy client costs one write a minute.
NOTED_EACH = timedelta(minutes=1)


class Dialect(models.TextChoices):
    """The number of the document whose clients use a token."""

    DOCUMENT_001 = "001", "document 001"
    DOCUMENT_004 = "004", "document 004"


def _opens() -> models.Q:
    lasting = models.Q(expiry=None) | models.Q(expiry__gt=Now())
    return lasting & models.Q(user__is_active=True)


def _use_is_due() -> models.Q:
    return models.Q(last_used_at=None) | models.Q(last_used_at__lt=Now() - NOTED_EACH)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions about tokens."""

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """A superuser sees all, anybody else their own."""
        if getattr(user, "is_superuser", False):
            return self
        return self.filter(user_id=user.pk)

    def valid(self) -> Self:
        """Tokens that have not expired, of users who may log in; with their users."""
        return self.filter(_opens()).select_related("user")

    def expired(self) -> Self:
        """Tokens whose time is over."""
        return self.filter(expiry__lte=Now())

    def with_digest(self, digest: str) -> Self:
        """The token of this hash; adds `use_is_due`, whether its use is to be noted."""
        return self.filter(digest=digest).annotate(use_is_due=_use_is_due())

    def with_validity(self) -> Self:
        """Add `opens`: whether it still opens the door."""
        return self.annotate(opens=_opens())

    def newest_first(self) -> Self:
        """In the order people look for them."""
        return self.order_by("-created", "-id")


class ApiTokenManager(AuthTokenManager.from_queryset(ApiTokenQuerySet)):  # type: ignore[misc]
    """Makes tokens by knox: `create` returns the row and the token itself."""


class ApiToken(AbstractAuthToken):
    """A bearer token of one user, with a name that says what it is for."""

    # Its own, and not knox's digest: ids stand in addresses, answers and the audit trail.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    dialect = models.CharField(max_length=3, choices=Dialect, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    # From `with_digest` and `with_validity`.
    use_is_due: bool
    opens: bool

    objects = ApiTokenManager()

    class Meta:
        db_table = "api_tokens"
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name or self.token_key} of {self.user}"

    def note_use(self) -> None:
        """Write `last_used_at`, unless another process did within the last minute."""
        due = ApiToken.objects.filter(_use_is_due(), pk=self.pk)
        due.update(last_used_at=Now())
