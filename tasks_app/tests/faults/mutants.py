"""Rules taken away on purpose: a rule whose absence no check finds is not proven.

`BELFRY_MUTANT=name` makes every process of an installation a mutant; `worn` makes this one so for
a while. The product's own code knows nothing of it.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from operator import attrgetter
from typing import Any, NamedTuple
from unittest.mock import patch

from tasks_app.tests.faults import broken

VARIABLE = "BELFRY_MUTANT"
# What a rehearsal finds beside what the checks of a trial do.
LIVING, OVERLAP = "living", "overlap"


class Change(NamedTuple):
    """What stands under `name` in a module instead; a name may lead into a class."""

    module: str
    name: str
    value: Any

    def place(self) -> tuple[Any, str]:
        # A package may export a function by the name of its module.
        whole: Any = importlib.import_module(self.module)
        owner, _, last = self.name.rpartition(".")
        return attrgetter(owner)(whole) if owner else whole, last


class Mutant(NamedTuple):
    """One rule less, and what must find it: checks of a trial, or of a rehearsal.

    `dropped` is a constraint of the ledger that goes with it; only PostgreSQL is asked to.
    """

    name: str
    without: str
    found_by: tuple[str, ...]
    changes: tuple[Change, ...]
    dropped: str = ""

    @contextmanager
    def worn(self) -> Iterator[None]:
        """Be this mutant while the block runs."""
        with ExitStack() as stack:
            if self.dropped:
                stack.enter_context(broken.without_constraint(self.dropped))
            for change in self.changes:
                stack.enter_context(patch.object(*change.place(), change.value))
            yield


def wear_the_told_one() -> None:
    """Be the mutant that the environment names, for as long as this process lives."""
    if name := os.environ.get(VARIABLE):
        for change in MUTANTS[name].changes:
            setattr(*change.place(), change.value)


_LIFECYCLE, _MAINTENANCE = "tasks_app.lifecycle", "tasks_app.maintenance"
_CLAIM, _REAPER = f"{_LIFECYCLE}.claim", f"{_MAINTENANCE}.reaper"
_ALL = [
    Mutant(
        "row-after-the-commit",
        "The row of a run is in the transaction of the request.",
        ("C1",),
        (Change(f"{_LIFECYCLE}.submit", "insert", broken.insert_after_the_commit),),
    ),
    Mutant(
        "no-count-of-messages",
        "The relay rings again for what a queue is short of.",
        ("C1",),
        (Change(f"{_MAINTENANCE}.relay", "Relay.ring_missing", broken.nothing),),
    ),
    Mutant(
        "claim-of-any-state",
        "A claim starts only what waits.",
        ("C3",),
        (Change(_CLAIM, "WAITING", broken.LIVE),),
    ),
    Mutant(
        "claim-without-proof",
        "A claim whose answer was lost is known by its token.",
        (LIVING,),
        (Change(_CLAIM, "_proven_before", broken.no_rows),),
    ),
    Mutant(
        "no-renewal",
        "A heartbeat renews the lease.",
        (LIVING,),
        (Change(_LIFECYCLE, "renew", broken.renew_nothing),),
    ),
    Mutant(
        "works-on-without-proof",
        "A repeatable job without a proof of its lease stops itself.",
        (OVERLAP,),
        (Change("tasks_app.runtime.heartbeat", "Heartbeat._end_unproven", broken.nothing),),
    ),
    Mutant(
        "outcome-without-fence",
        "An outcome counts only from the claim that holds the run.",
        ("C4",),
        (Change(f"{_LIFECYCLE}.outcome", "HELD", broken.HELD_BY_ANYBODY),),
    ),
    Mutant(
        "retry-without-fence",
        "A failed try counts only from the claim that holds the run.",
        ("C4",),
        (Change(f"{_LIFECYCLE}.again", "HELD", broken.HELD_BY_ANYBODY),),
    ),
    Mutant(
        "reaps-without-a-watch",
        "A silence counts only if reapers watched a full lease of it; after an outage.",
        (LIVING,),
        (Change(_REAPER, "is_watched", broken.always),),
    ),
    Mutant(
        "watches-over-any-gap",
        "A jump of the database's clock begins the watch anew.",
        (LIVING,),
        (Change(_REAPER, "GAP", broken.FOR_EVER),),
    ),
    Mutant(
        "ticks-without-uniqueness",
        "A tick has one row by constraint, and beats pass over what another holds.",
        ("C5",),
        (
            Change("tasks_app.scheduling.due", "for_this_beat", broken.no_lock),
            Change(f"{_LIFECYCLE}.ticks", "_insert", broken.insert_ticks_without_their_key),
        ),
        dropped="one_execution_per_tick",
    ),
    Mutant(
        "requests-without-a-key",
        "Runs that may not live together share a unique key.",
        ("C10",),
        (Change("tasks_app.services.unique_runs", "unique_keys_of", broken.no_keys),),
    ),
    Mutant(
        "cancelled-may-start",
        "What was cancelled while it waited is final, and no claim starts it.",
        ("C6", "C7"),
        (
            Change(_CLAIM, "WAITING", broken.WAITING_OR_REVOKED),
            Change(_CLAIM, "execute", broken.execute_without_an_end),
        ),
    ),
    Mutant(
        "deaths-without-end",
        "The third worker that dies of a run ends it.",
        ("C8",),
        (Change(f"{_LIFECYCLE}.loss", "_AGAIN", broken.AGAIN_FOR_EVER),),
    ),
    Mutant(
        "prunes-by-age-alone",
        "Retention takes nothing that is live.",
        ("C1",),
        (
            Change(f"{_MAINTENANCE}.retention", "_pages", broken.all_that_is_old),
            Change(f"{_MAINTENANCE}.retention", "_delete", broken.delete_whatever_it_is),
        ),
    ),
]
MUTANTS = {mutant.name: mutant for mutant in _ALL}
