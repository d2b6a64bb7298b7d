"""`manage.py create_api_token ada`: a token for programs, shown this once."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks_app import services
from tasks_app.exceptions import Invalid
from tasks_app.models.api_token import Dialect
from tasks_app.services import Actor
from tasks_app.services.tokens import LONGEST, SHORTEST
from tasks_app.states import Trigger


class Command(BaseCommand):
    help = "Make an API token for a user and print it: the only time it can be read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what the token is for")
        parser.add_argument(
            "--days", type=days, default=365, help="until it expires (default: %(default)s)"
        )
        parser.add_argument(
            "--dialect",
            choices=Dialect.values,
            default="",
            help="the document whose words and fields its holder reads (default: Belfry's own)",
        )

    def handle(self, *_: Any, **given: Any) -> None:
        actor = Actor(_user(given["username"]), Trigger.COMMAND)
        lifetime = timedelta(days=given["days"])
        try:
            _token, secret = services.create_token(
                actor, name=given["name"], lifetime=lifetime, dialect=given["dialect"]
            )
        except Invalid as invalid:
            raise CommandError(str(invalid)) from None
        self.stdout.write(secret)


def _user(username: str) -> User:
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist:
        raise CommandError(f"There is no user {username}.") from None


def days(text: str) -> int:
    """An argparse type: as long as a token may last."""
    if not text.isdecimal() or not SHORTEST.days <= int(text) <= LONGEST.days:
        raise ArgumentTypeError(
            f"{text} is not a number of days from {SHORTEST.days} to {LONGEST.days}."
        )
    return int(text)
