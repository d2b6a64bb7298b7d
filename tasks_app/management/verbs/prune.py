"""`manage.py executions prune`: delete runs that ended long ago."""

import argparse
import getpass
import json
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from tqdm import tqdm

from tasks_app import services
from tasks_app.checks import LONGEST_RETENTION
from tasks_app.maintenance.retention import Batch, Retention
from tasks_app.management.verbs.verb import WRONG_USAGE
from tasks_app.states import FINAL, Status, Trigger, read_status

# A bar appears after so many seconds.
BAR_AFTER = 2


class Prune:
    """Counts first, asks with the number, then deletes batch by batch."""

    name = "prune"
    help = (
        "Delete runs that ended long ago, with their attempts and logs. Without options: as "
        "RETENTION_DAYS and KEEP_LAST_RUNS say. What is live, or needed by what is live, stays."
    )
    examples = (
        "  manage.py executions prune --dry-run\n"
        "  manage.py executions prune --status success --older-than 7 --keep-last 0 --yes\n"
        "exit code: 0 done, 1 failed or done in part, 2 wrong usage"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=days, metavar="DAYS", help="ended longer ago than this"
        )
        parser.add_argument(
            "--status",
            type=ended_status,
            action="append",
            metavar="STATUS",
            help=f"only these: {', '.join(FINAL)}; may be given several times",
        )
        parser.add_argument(
            "--keep-last", type=number, metavar="N", help="the newest runs of each task stay"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many would go")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", help="answer as JSON")
        parser.add_argument("--quiet", action="store_true", help="say nothing but errors")

    def run(self, command: BaseCommand, **given: Any) -> None:
        said = Told(command, as_json=given["json"], quiet=given["quiet"])
        retention = _retention(given)
        try:
            counts = said.watch("looking", services.count_old_runs(retention))
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was deleted.") from None
        if given["dry_run"] or not counts.total():
            said.answer("would be deleted" if given["dry_run"] else "deleted", counts, given)
            return
        if not given["yes"]:
            _confirm(counts)
        self._prune(said, retention, counts, given)

    def _prune(
        self, said: "Told", retention: Retention, counts: Counter[Status], given: dict[str, Any]
    ) -> None:
        done: Counter[Status] = Counter()
        pruning = services.prune_old_runs(retention, door=Trigger.COMMAND, by=getpass.getuser())
        try:
            with closing(pruning):
                said.watch("deleting", pruning, counts.total(), done)
        except (KeyboardInterrupt, OperationalError) as stop:
            said.answer("deleted", done, given)
            why = "" if isinstance(stop, KeyboardInterrupt) else f" ({stop})"
            raise CommandError(
                f"Stopped{why} after {done.total():,} of {counts.total():,} executions. What is "
                "deleted is deleted wholly, the rest is as it was."
            ) from None
        said.answer("deleted", done, given)
        if (left := counts.total() - done.total()) > 0:
            raise CommandError(
                f"{left:,} more were held, deleted or needed by somebody else meanwhile. Try again."
            )


class Told:
    """What a person or a program is told meanwhile and at the end."""

    def __init__(self, command: BaseCommand, *, as_json: bool, quiet: bool) -> None:
        self._out, self._as_json, self._quiet = command.stdout, as_json, quiet

    def watch(
        self,
        doing: str,
        batches: Iterable[Batch],
        total: int | None = None,
        counted: Counter[Status] | None = None,
    ) -> Counter[Status]:
        """Add the batches up, with a bar where a person looks and it takes longer."""
        counted = Counter() if counted is None else counted
        # None: only on a terminal.
        hidden = True if self._quiet else None
        with tqdm(
            desc=doing, total=total, unit=" executions", delay=BAR_AFTER, disable=hidden
        ) as bar:
            for batch in batches:
                counted[batch.status] += batch.size
                bar.update(batch.size)
        return counted

    def answer(self, what: str, counts: Counter[Status], given: dict[str, Any]) -> None:
        by_status = {status.value: count for status, count in counts.items() if count}
        if self._as_json:
            told = {"dry_run": given["dry_run"], "total": counts.total(), "by_status": by_status}
            self._out.write(json.dumps(told))
        elif not self._quiet:
            parts = ", ".join(f"{count:,} {status}" for status, count in by_status.items())
            self._out.write(f"{executions(counts)} {what}{': ' if parts else ''}{parts}.")


def executions(counts: Counter[Status]) -> str:
    """`1 execution`, `1,000 executions`."""
    return f"{counts.total():,} execution{'' if counts.total() == 1 else 's'}"


def _retention(given: dict[str, Any]) -> Retention:
    chosen = Retention.configured().narrowed(tuple(given["status"] or FINAL), given["older_than"])
    keep_last = given["keep_last"]
    return chosen if keep_last is None else replace(chosen, keep_last=keep_last)


def _confirm(counts: Counter[Status]) -> None:
    if not sys.stdin.isatty():
        raise CommandError("Nobody can be asked here. Give --yes.", returncode=WRONG_USAGE)
    answer = input(f"Delete {executions(counts)} for good? Type yes: ")
    if answer.strip().lower() != "yes":
        raise CommandError("Nothing was deleted.")


def days(text: str) -> timedelta:
    """An argparse type: an age from 0 to a hundred years."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= LONGEST_RETENTION:
        raise argparse.ArgumentTypeError(f"{text} is no number of days from 0 up.")
    return timedelta(days=value)


def number(text: str) -> int:
    """An argparse type: 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no number from 0 up.")
    return int(text)


def ended_status(text: str) -> Status:
    """An argparse type: a status in which a run has ended, in any of its words."""
    try:
        status = read_status(text)
    except ValueError:
        status = Status.PENDING
    if status not in FINAL:
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(FINAL)}.")
    return status
