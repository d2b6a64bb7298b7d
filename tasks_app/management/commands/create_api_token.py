"""`manage.py create_api_token ada`: a token for programs, shown this once."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks_app.models import ApiToken

LONGEST_NAME = 100
MOST_DAYS = 3650


class Command(BaseCommand):
    help = "Make an API token for a user and print it: the only time it can be read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", type=name, default="", help="what the token is for")
        parser.add_argument(
            "--days", type=days, default=365, help="until it expires (default: %(default)s)"
        )

    def handle(self, *_: Any, **given: Any) -> None:
        user = _user(given["username"])
        lifetime = timedelta(days=given["days"])
        _, token = ApiToken.objects.create(user, expiry=lifetime, name=given["name"])
        self.stdout.write(token)


def _user(username: str) -> User:
    try:
        user = User.objects.get(username=username)
    except User.DoesNotExist:
        raise CommandError(f"There is no user {username}.") from None
    if not user.is_active:
        raise CommandError(f"{username} is not active, so the token would open nothing.")
    return user


def name(text: str) -> str:
    """An argparse type: what fits into the table."""
    if len(text) > LONGEST_NAME:
        raise ArgumentTypeError(f"A name may have {LONGEST_NAME} characters at most.")
    return text


def days(text: str) -> int:
    """An argparse type: from a day to ten years."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise ArgumentTypeError(f"{text} is not a number of days from 1 to {MOST_DAYS}.")
    return int(text)
