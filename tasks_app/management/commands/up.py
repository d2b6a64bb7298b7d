"""`manage.py up`: broker, database, web, worker and beat by one command."""

from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import supports_color

from tasks_app.management.supervisor.console import Console
from tasks_app.management.supervisor.exceptions import CannotStart
from tasks_app.management.supervisor.first_start import make_folders
from tasks_app.management.supervisor.options import Options
from tasks_app.management.supervisor.run import Run

LOGLEVELS = ("debug", "info", "warning", "error", "critical")
HIGHEST_PORT = 65_535


class Command(BaseCommand):
    help = "Start broker, web, worker and beat, and keep them running until Ctrl-C."

    # Run after the folders are made: without them there is no secret key to check.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        for part, what in (("api", "the web process"), ("worker", "the worker")):
            parser.add_argument(f"--run-{part}", action="store_true", help=f"run {what} (default)")
            parser.add_argument(f"--no-{part}", action="store_true", help=f"do not run {what}")
        parser.add_argument("--no-beat", action="store_true", help="do not run beat")
        parser.add_argument("--api-host", default="127.0.0.1", help="%(default)s")
        parser.add_argument("--api-port", type=port, default=8000, help="%(default)s")
        parser.add_argument("--api-reload", action="store_true", help="reload on changed code")
        parser.add_argument(
            "--worker-concurrency", type=positive, help="processes (default: as many as cores)"
        )
        parser.add_argument("--worker-loglevel", type=str.lower, choices=LOGLEVELS, help="info")
        parser.add_argument("--debug", action="store_true", help="DEBUG and every log line")
        parser.add_argument("--demo", action="store_true", help="make example tasks")

    def handle(self, *_: Any, **flags: Any) -> None:
        console = Console(self.stdout, in_colour=supports_color() and not flags["no_color"])
        try:
            options = Options.from_flags(flags)
            make_folders()
            # The checks judge what the children will run with.
            settings.DEBUG = settings.DEBUG or options.debug
            self.check()
            Run(options, console)()
        except CannotStart as refusal:
            raise CommandError(str(refusal)) from refusal


def positive(text: str) -> int:
    """An argparse type: a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a whole number of at least 1.")
    return int(text)


def port(text: str) -> int:
    """An argparse type: 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535.")
    return int(text)
