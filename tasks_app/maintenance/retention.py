"""Retention: runs that ended long ago go, in small batches that nobody feels.

Several may prune at once: each passes over what another has locked. Whoever is stopped between two
batches has left nothing half done.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from tasks_app.maintenance.chord_members import forget_stalled, needed_members
from tasks_app.models import Attempt, LogLine, TaskExecution
from tasks_app.models.prunable_runs import BATCH, OldRun, old_runs
from tasks_app.states import FINAL, Status

# A transaction deletes about so many log lines at most, however many its runs have.
MOST_LINES = 20_000
# A pause after a batch, in seconds: as long as the batch took, so that others get half the time.
LONGEST_PAUSE = 1.0


class Batch(NamedTuple):
    """So many runs of one status."""

    status: Status
    size: int


@dataclass(frozen=True)
class Retention:
    """How long ended runs stay, by status; None is for ever. Of each task the newest so many runs
    stay however old they are; skipped ticks are no runs."""

    ages: Mapping[Status, timedelta | None]
    keep_last: int

    @classmethod
    def configured(cls) -> Self:
        """As RETENTION_DAYS and KEEP_LAST_RUNS say."""
        days = settings.RETENTION_DAYS
        ages = {status: _age(days.get(status.value)) for status in FINAL}
        return cls(ages, settings.KEEP_LAST_RUNS)

    def narrowed(self, statuses: tuple[Status, ...], older_than: timedelta | None) -> Self:
        """The same for these statuses only, with another age if one is given."""
        ages = {
            status: self.ages.get(status) if older_than is None else older_than
            for status in statuses
        }
        return type(self)(ages, self.keep_last)


def _age(days: float | None) -> timedelta | None:
    return timedelta(days=days) if days else None


def count_prunable(retention: Retention) -> Iterator[Batch]:
    """What `prune` would delete, page by page; nothing is changed or locked."""
    for status, runs in _pages(retention):
        free = [run for run in runs if not run.has_live_child]
        needed = needed_members([run.pk for run in free if run.is_in_chord])
        yield Batch(status, len(free) - len(needed))


def prune(retention: Retention) -> Generator[Batch, None, None]:
    """Delete old runs with all that belongs to them; tell each batch when it is committed."""
    for status, runs in _pages(retention):
        for portion in _portions([run for run in runs if not run.has_live_child]):
            _free_children(portion)
            yield Batch(status, _unhurried(partial(_delete, portion)))


def _pages(retention: Retention) -> Iterator[tuple[Status, list[OldRun]]]:
    for status, age in retention.ages.items():
        if age is not None:
            keep_last = 0 if status == Status.SKIPPED else retention.keep_last
            for runs in old_runs(status, age, keep_last):
                yield status, runs


def _portions(runs: list[OldRun]) -> Iterator[list[OldRun]]:
    """Parted where the log lines of the runs would make a transaction long."""
    lines = LogLine.objects.count_by_run(run.pk for run in runs)
    portion: list[OldRun] = []
    weight = 0
    for run in runs:
        if portion and weight + lines.get(run.pk, 0) > MOST_LINES:
            yield portion
            portion, weight = [], 0
        portion.append(run)
        weight += lines.get(run.pk, 0)
    if portion:
        yield portion


def _unhurried(act: Callable[[], int]) -> int:
    """Do it, then rest for as long as it took."""
    began = time.monotonic()
    done = act()
    time.sleep(min(time.monotonic() - began, LONGEST_PAUSE))
    return done


@transaction.atomic
def _delete(runs: list[OldRun]) -> int:
    """Whatever of these nobody else holds and nothing needs. Django's own cascade would load it."""
    # With the lock, no new run can name one of them as its parent; and nobody is waited for.
    locked = TaskExecution.objects.final().among(run.pk for run in runs).locked_ids()
    in_chords = {run.pk for run in runs if run.is_in_chord} & locked
    gone = sorted(locked - _needed_by_children(locked) - needed_members(in_chords))
    forget_stalled(in_chords.intersection(gone))
    Attempt.objects.filter(execution__in=gone).delete()
    LogLine.objects.of_executions(gone).delete()
    TaskExecution.objects.with_parents(gone).update(parent=None)
    TaskExecution.objects.among(gone)._raw_delete(connection.alias)
    return len(gone)


def _free_children(runs: list[OldRun]) -> None:
    """What the runs caused loses its parent, a batch at a time: one may have fanned out into a
    hundred thousand."""
    needed = needed_members([run.pk for run in runs if run.is_in_chord])
    parents = {run.pk for run in runs} - needed
    while _unhurried(partial(_free_some, parents)) == BATCH:
        pass


@transaction.atomic
def _free_some(parents: set[UUID]) -> int:
    children = TaskExecution.objects.with_parents(parents).final()[:BATCH].locked_ids(no_key=True)
    return TaskExecution.objects.among(children).update(parent=None)


def _needed_by_children(ids: set[UUID]) -> set[UUID]:
    """Those that a live run has as its parent, or one that somebody holds: who came meanwhile. The
    children of the others are locked: they lose their parent."""
    children = TaskExecution.objects.with_parents(ids)
    free = children.final().locked_ids(no_key=True)
    return children.exclude(pk__in=free).parents()
