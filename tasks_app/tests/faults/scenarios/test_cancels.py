"""A cancel holds, whoever lives or dies meanwhile."""

import time
from random import Random

import pytest

from tasks_app.tests.faults.client import ACKNOWLEDGED
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place
from tasks_app.tests.system import eventually

pytestmark = pytest.mark.postgresql
BUSY = 3.0
# As the installation is told, and how often a running attempt is asked whether it heard.
GRACE, HEARTBEAT = 2.0, 1.0


def test_what_was_cancelled_while_no_worker_lived_never_runs(place: Place) -> None:
    workers = place.installation.workers
    for worker in workers:
        worker.kill()
    runs = [place.submit("short") for _ in range(10)]

    answers = [place.cancel(run) for run in runs]
    for worker in workers:
        worker.start()
    place.ends(place.submit("short"))
    time.sleep(BUSY)

    ran = sum(len(place.bodies(run)) for run in runs)
    record("a cancel while no worker lives", cancelled=len(runs), ran=ran)
    assert {answer.body["status"] for answer in answers} == {"revoked"}
    assert {row["status"] for row in place.ends(*runs)} == {"revoked"}
    assert not ran


def test_a_job_that_does_not_look_is_ended_after_its_grace(place: Place) -> None:
    run = place.submit("deaf", seconds=60)
    begun = place.begins(run)
    worker = place.worker_of(begun)

    place.cancel(run)
    asked_at = time.monotonic()

    [row] = place.ends(run)
    seconds = time.monotonic() - asked_at
    record("a job that does not look", seconds_to_stop=seconds)
    assert (row["status"], row["reason"]) == ("revoked", "cancelled")
    assert seconds < GRACE + 2 * HEARTBEAT + BUSY
    # The row comes first, for who has ended writes nothing; then its main process buries it.
    eventually(lambda: begun["pid"] not in worker.children(), within=HEARTBEAT)


def test_cancels_at_any_moment_are_kept_while_workers_are_restarted(place: Place) -> None:
    dice = Random(49)
    runs: list[str] = []
    cancelled: list[str] = []
    for number in range(80):
        runs.append(place.submit("long", seconds=round(dice.uniform(0, 1.5), 1)))
        if dice.random() < 0.5:
            time.sleep(dice.uniform(0, 0.2))
            if place.cancel(runs[-1]).outcome == ACKNOWLEDGED:
                cancelled.append(runs[-1])
        if number % 20 == 10:
            worker = dice.choice(place.installation.workers)
            worker.kill()
            worker.start()

    rows = place.ends(*runs, within=90)
    kept = sum(row["status"] == "revoked" for row in rows)
    finished = sum(row["status"] == "success" for row in place.ends(*cancelled))
    record("cancels in a storm", cancelled=len(cancelled), revoked=kept, ended_first=finished)
    assert {row["status"] for row in rows} == {"success", "revoked"}
