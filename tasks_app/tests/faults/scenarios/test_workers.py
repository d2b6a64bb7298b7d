"""A worker is frozen, killed or stopped at the worst moment."""

import random
import signal
import time

import pytest

from tasks_app.tests.faults.installation import wait_until
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place

pytestmark = pytest.mark.postgresql
# What is promised, and so long workers take to start. Seconds.
RUNG_WITHIN = 5 + 20
BUSY = 3


def test_what_died_with_a_worker_that_had_taken_it_is_rung_again(place: Place) -> None:
    """The broker hands a message to a connection whose worker never reads it."""
    workers = place.installation.workers
    for worker in workers:
        worker.freeze()
    runs = [place.submit("short") for _ in range(3)]
    taken = place.rows(runs)
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.start()
    started_at = time.monotonic()

    rows = place.ends(*runs)

    assert {row["status"] for row in [*rows, *taken]} == {"success", "pending"}
    assert [row["attempt"] for row in rows] == [1, 1, 1]
    seconds = time.monotonic() - started_at
    record("a message lost with its worker", seconds=seconds)
    assert seconds < RUNG_WITHIN


def test_a_worker_that_dies_right_after_its_word_runs_nothing_twice(place: Place) -> None:
    runs = [place.submit("once") for _ in range(5)]
    place.ends(*runs)
    for worker in place.installation.workers:
        worker.kill()
        worker.start()

    place.ends(place.submit("short"))

    begun = [len(place.bodies(run)) for run in runs]
    record("a death after the last word", duplicates=sum(begun) - len(runs))
    assert begun == [1] * 5


def test_a_worker_that_freezes_for_less_than_its_lease_keeps_its_run(place: Place) -> None:
    run = place.submit("once", seconds=4)
    worker = place.worker_of(place.begins(run))

    worker.freeze()
    time.sleep(0.5 * place.installation.size.lease)
    worker.thaw()

    [row] = place.ends(run)
    record("a freeze shorter than a lease", false_reaps=row["worker_deaths"])
    assert (row["status"], row["attempt"], row["worker_deaths"]) == ("success", 1, 0)


def test_a_worker_that_freezes_for_longer_than_its_lease_is_fenced(place: Place) -> None:
    lease = place.installation.size.lease
    run = place.submit("deaf", seconds=3)
    worker = place.worker_of(place.begins(run))

    worker.freeze()
    place.begins(run, attempt=2, within=lease + 5 + BUSY)
    time.sleep(1.5 * lease)
    worker.thaw()

    [row] = place.ends(run)
    assert (row["status"], row["attempt"], row["result"]["attempt"]) == ("success", 2, 2)
    # Awake, it finds its lease over and stops itself, or its word is refused.
    to_the_end = [line for line in place.bodies(run, "end") if line["attempt"] == 1]
    record("a freeze longer than a lease", woken=1, worked_on=len(to_the_end))


def test_cold_shutdowns_at_any_moment_lose_and_double_nothing(place: Place) -> None:
    """SIGQUIT ends the main process and its children in the middle of whatever they write."""
    dice = random.Random(8)
    worker = place.installation.workers[0]
    runs: list[str] = []
    for _ in range(6):
        runs += [place.submit("short") for _ in range(8)] + [place.submit("once")]
        time.sleep(dice.uniform(0, 0.2))
        worker.ask(signal.SIGQUIT)
        wait_until(lambda: not worker.lives, seconds=20)
        worker.start()

    rows = place.ends(*runs)

    ended = {(row["status"], row["reason"]) for row in rows}
    assert ended <= {("success", ""), ("failure", "shutdown"), ("failure", "lost")}
    given_back = sum(row["attempt"] > 1 for row in rows)
    record("cold shutdowns", shutdowns=6, runs=len(runs), tried_again=given_back)


def test_runs_that_kill_their_workers_do_not_keep_good_ones_from_ending(place: Place) -> None:
    good, poison = 100, 4
    alone = _seconds_for(place, good, 0)

    among = _seconds_for(place, good, poison)

    record("poison among good runs", alone=alone, among=among, slower=among / alone)


def _seconds_for(place: Place, good: int, poison: int) -> float:
    """Until the good ones have ended."""
    deadly = [place.submit("deadly") for _ in range(poison)]
    began = time.monotonic()
    rows = place.ends(*[place.submit("short") for _ in range(good)], within=90)
    seconds = time.monotonic() - began
    assert {row["status"] for row in rows} == {"success"}
    for row in place.ends(*deadly, within=90):
        assert (row["status"], row["reason"], row["worker_deaths"]) == ("failure", "poison", 3)
    return seconds
