"""A beat stands still at the worst moment, and others do its work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

import psycopg
import pytest

from config.time_outs import with_time_outs
from tasks_app.tests.faults import plans
from tasks_app.tests.faults.plans import Planned
from tasks_app.tests.faults.scenarios.figures import record
from tasks_app.tests.faults.scenarios.place import Place

pytestmark = pytest.mark.postgresql
# Seconds. PostgreSQL ends the session of a beat that stands still in a transaction.
LET_GO_WITHIN, BUSY = 5.0, 3.0
SPAN = timedelta(seconds=16)


def test_a_beat_that_freezes_in_a_transaction_holds_up_its_own_ticks_only(place: Place) -> None:
    held, free = _schedules(place, "held", "free")
    time.sleep(6)

    with _a_frozen_beat(place, held.key):
        time.sleep(2 * LET_GO_WITHIN)
    time.sleep(SPAN.total_seconds() / 2)

    late, on_time = _lateness(place, held), _lateness(place, free)
    record("a beat frozen in a transaction", held=max(late), others=max(on_time))
    assert LET_GO_WITHIN / 2 < max(late) < LET_GO_WITHIN + BUSY
    assert max(on_time) < BUSY


@contextmanager
def _a_frozen_beat(place: Place, key: str) -> Iterator[None]:
    """A session as a beat has it, that has locked a timer and says nothing more."""
    assert place.installation.server
    told = with_time_outs({}, ["celery", "-A", "config", "beat"])
    assert told
    folder = place.installation.server.directory
    session = psycopg.connect(host=str(folder), user="belfry", dbname="belfry", **told)
    session.execute(
        "SELECT 1 FROM timers JOIN tasks ON tasks.schedule_id = timers.schedule_id "
        "WHERE tasks.key = %s FOR UPDATE OF timers",
        [key],
    )
    try:
        yield
    finally:
        with pytest.raises(psycopg.Error, match="idle-in-transaction"):
            session.execute("SELECT 1")
        session.close()


def _schedules(place: Place, *names: str) -> list[Planned]:
    """Each second, from soon on."""
    start = plans.next_second(timedelta(seconds=4))
    planned = [
        Planned(f"{name}-{start:%H%M%S}", 1, "", start, start + SPAN, "allow", "all")
        for name in names
    ]
    place.busy_until(planned[0].end)
    history = place.installation.histories.clients
    for each in planned:
        plans.define(place.client, history, each, Random(0))
    return planned


def _lateness(place: Place, planned: Planned) -> list[float]:
    """Of each tick, in seconds."""
    found = place.installation.database.rows(
        f"""SELECT scheduled_for, run.created_at FROM task_executions AS run
        JOIN tasks ON tasks.id = run.task_id WHERE tasks.key = '{planned.key}'"""  # noqa: S608
    )
    assert found
    return [(row["created_at"] - row["scheduled_for"]).total_seconds() for row in found]


def test_beats_that_freeze_in_turn_miss_and_double_no_tick(place: Place) -> None:
    """One lives at any time."""
    [planned] = _schedules(place, "in-turn")
    one, other = place.installation.beats
    until = planned.end.timestamp() - 2
    while datetime.now().timestamp() < until:
        one.freeze()
        time.sleep(1.5)
        one.thaw()
        one, other = other, one

    time.sleep(4)
    late = _lateness(place, planned)
    record("beats that freeze in turn", ticks=len(late), longest=max(late))
    assert len(late) == SPAN.total_seconds()
