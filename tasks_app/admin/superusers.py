"""Who may do everything."""

from django.http import HttpRequest


def is_superuser(request: HttpRequest) -> bool:
    """Whether a superuser asks; nobody signed in is none."""
    return bool(getattr(request.user, "is_superuser", False))
