"""The database stops, hangs, hangs up, or cannot be reached by some."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from tasks_app.tests.faults.client import ACKNOWLEDGED, Answer
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place

pytestmark = pytest.mark.postgresql
# A request that gets no answer from the database is over by then. Seconds.
GIVES_UP_WITHIN = 15.0


@pytest.mark.parametrize("seconds", [0.2, 8])
def test_a_database_that_stops_ends_no_living_run(place: Place, seconds: float) -> None:
    """The longer outage outlives every lease; a job that nobody may repeat works on."""
    assert place.installation.server
    runs = [place.submit("once", seconds=4) for _ in range(3)]
    for run in runs:
        place.begins(run)

    place.installation.server.stop(immediate=True)
    time.sleep(seconds)
    place.installation.server.start()
    began = time.monotonic()

    rows = place.ends(*runs, within=60)
    record(
        f"a database that is away for {seconds:g} s",
        false_reaps=sum(row["worker_deaths"] for row in rows),
        settled=time.monotonic() - began,
    )
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}


def test_a_database_that_hangs_is_told_to_who_asks(place: Place) -> None:
    assert place.installation.server
    lease = place.installation.size.lease
    runs = [place.submit("once", seconds=4) for _ in range(2)]
    for run in runs:
        place.begins(run)

    with _asking(place) as answers:
        place.installation.server.freeze()
        try:
            time.sleep(2 * lease)
        finally:
            place.installation.server.thaw()

    rows = place.ends(*runs, within=60)
    reaps = sum(row["worker_deaths"] for row in rows)
    unknown = sum(answer.outcome != ACKNOWLEDGED for answer in answers)
    record("a database that hangs", asked=len(answers), unknown=unknown, false_reaps=reaps)
    assert unknown
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}
    assert place.ask_for("short").outcome == ACKNOWLEDGED


def test_sessions_that_are_terminated_cost_no_run(place: Place) -> None:
    assert place.installation.server
    dice = Random(32)
    with _asking(place) as answers:
        for _ in range(8):
            place.installation.server.terminate_sessions(0.5, choose=dice)
            time.sleep(0.7)

    told = [str(answer.body["id"]) for answer in answers if answer.outcome == ACKNOWLEDGED]
    rows = place.ends(*told)
    failed = len(answers) - len(told)
    record("terminated sessions", requests=len(answers), failed=failed)
    assert {row["status"] for row in rows} == {"success"}
    assert failed <= len(answers) / 4


@contextmanager
def _asking(place: Place) -> Iterator[list[Answer]]:
    """A client that asks for short runs while the block lasts."""
    answers: list[Answer] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.1):
            answers.append(place.ask_for("short"))

    client = threading.Thread(target=ask)
    client.start()
    try:
        yield answers
    finally:
        over.set()
        client.join()


def test_a_worker_that_alone_cannot_reach_the_database_stops_what_another_may_begin(
    place: Place,
) -> None:
    lease = place.installation.size.lease
    run = place.submit("deaf", seconds=30)
    begun = place.begins(run)
    worker = place.worker_of(begun)
    assert worker.database

    worker.database.holds = True
    cut_at = time.time()
    again = place.begins(run, attempt=2, within=3 * lease)
    rescued = again["at"] - cut_at
    is_alone = begun["pid"] not in worker.children()
    worker.database.heal()
    place.cancel(run)

    [row] = place.ends(run)
    assert is_alone, "the first attempt still ran when the second began"
    assert (row["status"], row["attempt"]) == ("revoked", 2)
    record("a worker without the database", overlap=0, rescued=rescued)


def test_while_the_api_cannot_reach_the_database_nothing_is_half_submitted(place: Place) -> None:
    link = place.installation.web.database
    assert link
    link.refuses = True
    link.cut()
    answers = [place.ask_for("short") for _ in range(5)]
    link.heal()

    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < GIVES_UP_WITHIN
    assert place.ask_for("short").outcome == ACKNOWLEDGED
    record(
        "an API without the database",
        refused=len(answers),
        longest=max(answer.seconds for answer in answers),
    )


# Whose commits lose their answer, and what was asked in them; the web knows its statements by
# names that it gave them before.
MOMENTS = {
    "submit": ("web", b""),
    "claim": ("worker", b"attempt = attempt + 1"),
    "outcome": ("worker", b"status = given.new_status"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_commit_whose_answer_is_swallowed_is_done_once(place: Place, moment: str) -> None:
    kind, after = MOMENTS[moment]
    links = place.installation.links(kind)
    for link in links:
        link.swallow_commits(3, after=after)
    before = sum(link.swallowed for link in links)

    answers = [place.ask_for("once") for _ in range(12)]
    told = [str(answer.body["id"]) for answer in answers if answer.outcome == ACKNOWLEDGED]
    rows = place.ends(*told)

    swallowed = sum(link.swallowed for link in links) - before
    begun = [len(place.bodies(run)) for run in told]
    record(
        f"a swallowed commit of a {moment}",
        swallowed=swallowed,
        unknown=len(answers) - len(told),
        lost=sum(row["worker_deaths"] for row in rows),
        duplicates=sum(begun) - len(told),
    )
    assert swallowed
    assert begun == [1] * len(told)
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}


def test_a_slow_and_broken_network_makes_it_slower_and_nothing_else(place: Place) -> None:
    whole = _seconds_for(place, 20)
    links = [each.database for each in place.installation.members if each.database]
    dice = Random(36)
    for link in links:
        link.delay = 0.05
    over = threading.Event()

    def cut() -> None:
        while not over.wait(1):
            dice.choice(links).cut()

    breaker = threading.Thread(target=cut)
    breaker.start()
    try:
        hurt = _seconds_for(place, 20)
    finally:
        over.set()
        breaker.join()
        for link in links:
            link.heal()
    record("a slow and broken network", whole=20 / whole, hurt=20 / hurt)


def _seconds_for(place: Place, count: int) -> float:
    began = time.monotonic()
    answers = [place.ask_for("short") for _ in range(count)]
    told = [str(answer.body["id"]) for answer in answers if answer.outcome == ACKNOWLEDGED]
    rows = place.ends(*told, within=90)
    assert {row["status"] for row in rows} == {"success"}
    assert len(told) >= count / 2
    return time.monotonic() - began


def test_a_laptop_that_sleeps_wakes_to_no_storm(place: Place) -> None:
    """Everything stands still for longer than a lease, the servers too."""
    assert place.installation.server
    runs = [place.submit("once", seconds=5) for _ in range(4)]
    for run in runs:
        place.begins(run)
    everybody: list[Any] = [
        place.installation.server,
        place.installation.broker,
        *place.installation.members,
    ]

    for each in reversed(everybody):
        each.freeze()
    time.sleep(2 * place.installation.size.lease)
    for each in everybody:
        each.thaw()

    rows = place.ends(*runs, within=60)
    reaps = sum(row["worker_deaths"] for row in rows)
    record("a laptop that sleeps", false_reaps=reaps)
    assert {(row["status"], row["attempt"]) for row in rows} == {("success", 1)}
