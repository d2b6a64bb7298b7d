"""One trial: warm up, hurt, heal, drain, check."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from redis.exceptions import RedisError

from tasks_app.tests.faults import plans
from tasks_app.tests.faults.checker import violations
from tasks_app.tests.faults.client import Client
from tasks_app.tests.faults.edits import Edits
from tasks_app.tests.faults.evidence import Evidence, Leftovers, gather
from tasks_app.tests.faults.figures import figures_of
from tasks_app.tests.faults.hurting import LISTS, Fault
from tasks_app.tests.faults.installation import Installation, Size, an_installation, wait_until
from tasks_app.tests.faults.load import Load, define_tasks
from tasks_app.tests.faults.nemesis import ALL, Nemesis, left_out
from tasks_app.tests.faults.report import Report
from tasks_app.tests.faults.sampler import AWAY, Sampler
from tasks_app.tests.faults.tables import due_timers, live_runs, read_tables

# Seconds.
WARM_UP, CALM = 4.0, 3.0
LONGEST_DRAIN = 240.0
_OPEN = "SELECT count(*) AS n FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
_WAITING = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted"


@dataclass(frozen=True)
class Trial:
    """What is tried: `rate` are requests a second, `pace` the mean seconds between faults."""

    seconds: float = 60
    seed: int = 1
    size: Size = field(default_factory=Size)
    rate: float = 10
    schedules: int = 20
    pace: float = 2.0
    faults: Sequence[Fault] = ALL


def run_trial(trial: Trial, folder: Path, tell: Callable[[str], object] = lambda _: None) -> Report:
    """Do it all on an installation of its own in that folder; `tell` hears what goes on."""
    with an_installation(folder, trial.size) as installation:
        tell("installing")
        client = Client(installation.port, installation.prepare())
        installation.start()
        define_tasks(client)
        hurt(installation, client, trial, tell)
        tell("draining")
        drained = drain(installation)
        return judge(trial, gather_from(installation), drained)


def hurt(
    installation: Installation, client: Client, trial: Trial, tell: Callable[[str], object]
) -> None:
    """Clients, schedules and the nemesis at once, and a calm end for the last ticks."""
    histories, dice = installation.histories, Random(f"{trial.seed} plans")
    start = plans.next_second(timedelta(seconds=WARM_UP))
    end = start + timedelta(seconds=round(trial.seconds))
    load = Load(client, histories.clients, trial.seed, rate=trial.rate)
    with Sampler(installation.database, histories.finals):
        for planned in plans.plan(trial.schedules, dice, start, end):
            plans.define(client, histories.clients, planned, dice)
        with load, Edits(client, histories.clients, trial.seed, end):
            time.sleep(WARM_UP)
            tell(f"hurting for {trial.seconds:g} s")
            nemesis = Nemesis(
                installation, histories.faults, trial.seed, pace=trial.pace, faults=trial.faults
            )
            nemesis.run(trial.seconds)
            time.sleep(CALM)


def drain(installation: Installation) -> float | None:
    """Seconds until nothing is due, waits or runs any more; None if that never comes."""
    database = installation.database

    def is_over() -> bool:
        with suppress(*AWAY, RedisError):
            waits = live_runs(database) or due_timers(database)
            return not waits and not any(messages(installation).values())
        return False

    try:
        return wait_until(is_over, seconds=LONGEST_DRAIN, pause=0.5)
    except TimeoutError:
        return None


def messages(installation: Installation) -> dict[str, int]:
    """How many lie in each list of the broker."""
    client = installation.broker.client
    return {name: int(client.llen(name)) for name in LISTS}


def gather_from(installation: Installation) -> Evidence:
    """What is left of it all."""
    tables = read_tables(installation.database)
    return gather(installation.histories, tables, leftovers_of(installation))


def leftovers_of(installation: Installation) -> Leftovers:
    """What is there that should not be."""
    left, database = Leftovers(messages(installation)), installation.database
    if installation.server:
        left.open_transactions = database.rows(_OPEN)[0]["n"]
        left.waiting_locks = database.rows(_WAITING)[0]["n"]
    return left


def judge(trial: Trial, evidence: Evidence, drained: float | None) -> Report:
    """The checks and the figures of the evidence."""
    return Report(
        seed=trial.seed,
        minutes=round(trial.seconds / 60, 2),
        database=trial.size.database,
        lease=trial.size.lease,
        drained=drained,
        violations=violations(evidence),
        held=held(evidence),
        figures=figures_of(evidence),
        left_out=left_out(trial.size.database),
    )


def held(evidence: Evidence) -> dict[str, int]:
    """Of how many things each promise was held."""
    runs, fires = len(evidence.runs), [r for r in evidence.runs.values() if r["scheduled_for"]]
    bodies = sum(len(begins) for begins in evidence.begins.values())
    finals = sum(len(line["rows"]) for line in evidence.finals)
    cancelled = sum(run["status"] == "revoked" for run in evidence.runs.values())
    succeeded = sum(run["status"] == "success" for run in evidence.runs.values())
    counts = {"C1": runs, "C2": bodies, "C3": len(evidence.tables.tries), "C4": succeeded}
    counts |= {"C5": len(fires), "C6": finals, "C7": cancelled, "C8": runs, "C9": runs}
    return counts | {"C10": len(evidence.told("submit"))}
