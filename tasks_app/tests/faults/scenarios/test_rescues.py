"""At the settings that everybody has: how soon the run of a dead process is decided."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tasks_app.tests.faults.installation import Size
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place, a_place

pytestmark = pytest.mark.postgresql
# A lease, a reaper's look each 2 s, a relay's each second; and what a parent needs. Seconds.
WORKER, CHILD = 18.0, 5.0
# Of a machine that other tests use too.
BUSY = 1.0
ROUNDS, CHILDREN = 3, 12
DEFAULTS = Size(workers=2, concurrency=4, lease=15, heartbeat=5)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("defaults")
    with a_place(folder, DEFAULTS) as place:
        # Reapers must have watched for a lease.
        time.sleep(DEFAULTS.lease + 2)
        yield place
        assert place.settle() == {}


def test_runs_of_a_killed_worker_are_decided_within_eighteen_seconds(place: Place) -> None:
    dice = Random(1)
    seconds: list[float] = []
    for _ in range(ROUNDS):
        # One worker may hold back what another could begin: those that began are enough.
        runs = [place.submit("once", seconds=40) for _ in range(8)]
        place.begins(runs[0])
        # At any moment between two heartbeats.
        time.sleep(dice.uniform(1, 1 + DEFAULTS.heartbeat))
        begun = {run: lines[0] for run in runs if (lines := place.bodies(run))}
        worker = place.worker_of(begun[runs[0]])
        its_own = [run for run, line in begun.items() if line["pid"] in worker.children()]
        struck_at = time.time()
        worker.kill()
        for run in set(runs) - set(its_own):
            place.cancel(run)
        rows = place.ends(*its_own, within=WORKER + 10)
        seconds += [row["finished_at"].timestamp() - struck_at for row in rows]
        assert {row["reason"] for row in rows} == {"lost"}
        worker.start()
        place.ends(*runs)
    _tell("a killed worker", seconds, WORKER)


def test_runs_of_a_killed_child_are_decided_within_five_seconds(place: Place) -> None:
    seconds = []
    for _ in range(CHILDREN):
        run = place.submit("once", seconds=40)
        begun = place.begins(run)
        struck_at = time.time()
        place.worker_of(begun).kill_child(begun["pid"])
        [row] = place.ends(run, within=CHILD + 20)
        assert row["reason"] == "lost"
        seconds.append(row["finished_at"].timestamp() - struck_at)
    _tell("a killed child", seconds, CHILD)


def _tell(scenario: str, seconds: list[float], most: float) -> None:
    ordered = sorted(seconds)
    p50 = ordered[len(ordered) // 2]
    record(scenario, n=len(ordered), p50=p50, longest=ordered[-1])
    assert ordered[-1] <= most + BUSY
