"""The same trial of the usual combination."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

from redis.exceptions import RedisError

from tasks_app.tests.faults import plans, process_faults, server_faults
from tasks_app.tests.faults.client import Client
from tasks_app.tests.faults.evidence import gather
from tasks_app.tests.faults.installation import an_installation_of, wait_until
from tasks_app.tests.faults.link_faults import FAULTS as LINK_FAULTS
from tasks_app.tests.faults.load import KINDS, Load, mark
from tasks_app.tests.faults.nemesis import Nemesis
from tasks_app.tests.faults.stock.figures import Comparison, of_stock
from tasks_app.tests.faults.stock.installation import StockInstallation
from tasks_app.tests.faults.tables import Tables
from tasks_app.tests.faults.trial import CALM, WARM_UP, Trial, leftovers_of, messages

# Nobody promises to survive a broker that forgets or invents messages, so both are spared these.
_SPARED = {"wipe the broker", "steal messages", "repeat messages"}
FAULTS = [
    fault
    for fault in (*process_faults.FAULTS, *server_faults.FAULTS, *LINK_FAULTS)
    if fault.name not in _SPARED
]
# What a dead worker had comes back after 100 s at most, whatever the visibility time-out. Seconds.
LONGEST_DRAIN = 240.0
QUIET = 15.0
_RESULTS = "SELECT task_id AS id, status FROM django_celery_results_taskresult"
_JOBS = {"flaky": "flaky"}
_KINDS = ("short", "once", "once_long", "long", "deaf", "flaky")


class StockLoad(Load):
    """Clients that only submit: there is nothing else to ask for."""

    def act(self, rng: Random) -> None:
        name = rng.choices(_KINDS, [KINDS[kind].weight for kind in _KINDS])[0]
        own = mark(rng)
        kwargs = {"mark": own, **KINDS[name].arguments(rng)}
        answer = self.client.ask(
            "POST", "submit/", {"job": _JOBS.get(name, "work"), "kwargs": kwargs}
        )
        self.note("submit", answer, kind=name, mark=own)


def run_stock(trial: Trial, folder: Path, tell: Callable[[str], object]) -> Comparison:
    """Do it all; one beat, because two would fire everything twice."""
    with an_installation_of(StockInstallation, folder, trial.size, forgetful=False) as installation:
        tell("installing the usual combination")
        installation.prepare()
        dice = Random(f"{trial.seed} plans")
        moment = plans.next_second()
        planned = plans.plan(trial.schedules, dice, moment, moment)
        installation.plan(planned)
        installation.start()
        seconds = _hurt(installation, trial, tell)
        tell("draining")
        _drain(installation)
        evidence = gather(installation.histories, Tables(), leftovers_of(installation))
        fires = {each.key: int(seconds // (each.every or 60)) for each in planned}
        return of_stock(evidence, installation.database.rows(_RESULTS), fires)


def _hurt(installation: StockInstallation, trial: Trial, tell: Callable[[str], object]) -> float:
    """Return for how many seconds schedules fired."""
    began = time.monotonic()
    client = Client(installation.port, "none")
    with StockLoad(client, installation.histories.clients, trial.seed, rate=trial.rate):
        time.sleep(WARM_UP)
        tell(f"hurting for {timedelta(seconds=trial.seconds)}")
        nemesis = Nemesis(
            installation,
            installation.histories.faults,
            trial.seed,
            pace=trial.pace,
            faults=FAULTS,
        )
        nemesis.run(trial.seconds)
        time.sleep(CALM)
    for beat in installation.beats:
        beat.stop()
    return time.monotonic() - began


def _drain(installation: StockInstallation) -> None:
    """Until nothing waits and nothing has happened for a while, or that never comes."""
    effects = installation.histories.path("effects")

    def is_quiet() -> bool:
        with suppress(RedisError):
            held = int(installation.broker.client.hlen("unacked"))
            quiet = time.time() - effects.stat().st_mtime > QUIET
            return quiet and not held and not any(messages(installation).values())
        return False

    with suppress(TimeoutError):
        wait_until(is_quiet, seconds=LONGEST_DRAIN, pause=1)
