"""A verb of a command, and the command that hands over to its verbs."""

import argparse
import textwrap
from typing import Any, ClassVar, Protocol

from django.core.management.base import BaseCommand, CommandParser

WRONG_USAGE = 2
WIDTH = 80


class Verb(Protocol):
    """What follows a command's name: its words, and what it does."""

    name: str
    help: str
    examples: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, command: BaseCommand, **given: Any) -> None:
        """Raises CommandError."""


class CommandOfVerbs(BaseCommand):
    """`manage.py NOUN VERB …`: parses, and hands over."""

    verbs: ClassVar[tuple[Verb, ...]] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        choices = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb in self.verbs:
            below = choices.add_parser(
                verb.name,
                help=verb.help,
                description=textwrap.fill(verb.help, WIDTH),
                epilog=f"examples:\n{verb.examples}",
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
            verb.add_arguments(below)

    def handle(self, *_: Any, verb: str, **given: Any) -> None:
        chosen = next(each for each in self.verbs if each.name == verb)
        chosen.run(self, **given)
