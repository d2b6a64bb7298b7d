"""Beats die and the broker goes away: every planned moment has its row, and only one."""

import json
import random
import time
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest

from tasks_app import services
from tasks_app.maintenance import Relay
from tasks_app.models import TaskExecution
from tasks_app.scheduling.tick import fire_due
from tasks_app.states import Status
from tasks_app.tests import expected_ticks
from tasks_app.tests.ageing import age
from tasks_app.tests.doorbells import messages
from tasks_app.tests.expected_ticks import Expected
from tasks_app.tests.schedules import a_crontab, a_schedule, look, now, ticks
from tasks_app.tests.servers.broker import Broker
from tasks_app.tests.system import System, eventually

JOB = "tasks_app.tests.jobs.once_only"
ZONE = "Asia/Kathmandu"
CRONTABS, INTERVALS = ("* * * * *", "*/2 * * * *"), (1, 2, 7)
ANYWHEN = 3
# A beat looks each half second; the machine is busy with those that start.
SERVED_WITHIN, BUSY = 1, 10
LONGER_THAN_THE_GRACE = 3


@pytest.mark.parametrize(
    "before, outage, after",
    [
        pytest.param(5, 4, 3, id="half a minute"),
        pytest.param(100, 30, 110, id="four minutes", marks=pytest.mark.long),
    ],
)
def test_every_planned_moment_has_one_row_whoever_dies(
    system: System, broker: Broker, before: int, outage: int, after: int
) -> None:
    # Ahead of the last of them, however long making them takes: none fires for what is past.
    planned = plan_schedules(system, start=next_second() + timedelta(seconds=5))
    system.start_beat()

    kills = kill_beats(system, seconds=before)
    broker.kill()
    try:
        kills += kill_beats(system, seconds=outage)
    finally:
        broker.start()
    kills += kill_beats(system, seconds=after)

    until = now()
    expected = [(pk, moment) for pk, tells in planned.items() for moment in tells(until)]
    eventually(lambda: len(rows_until(until)) >= len(expected), within=SERVED_WITHIN + BUSY)
    assert sorted(rows_until(until)) == sorted(expected)
    rows = TaskExecution.objects.filter(scheduled_for__lte=until)
    eventually(lambda: not rows.exclude(status=Status.SUCCESS).exists(), within=30)
    ran = [line.split()[0] for line in system.effects()]
    assert len(ran) == len(set(ran)) >= len(expected)
    print(f"ticks={len(expected)} kills={kills} broker_away={outage} s")


def plan_schedules(system: System, start: datetime) -> dict[int, Expected]:
    """Each kind with a task and without; by schedule, which ticks it must have."""
    call: dict[str, Any] = {"task": JOB, "args": json.dumps([str(system.folder), 0])}
    later = {**call, "start_time": start}
    planned: dict[int, Expected] = {}
    for text in CRONTABS:
        expected = expected_ticks.of_crontab(text, ZONE, start)
        planned[task_of(system, start, crontab=text, timezone=ZONE)] = expected
        planned[a_crontab(text, ZONE, name=text, **later).pk] = expected
    for seconds in INTERVALS:
        expected = expected_ticks.of_interval(seconds, start)
        planned[task_of(system, start, interval=seconds)] = expected
        planned[a_schedule(f"every {seconds}", every=seconds, **later).pk] = expected
    before = now()
    anywhen = a_schedule("anywhen", every=ANYWHEN, **call).pk
    return {**planned, anywhen: counted_from_its_making(anywhen, before, now())}


def counted_from_its_making(schedule_id: int, before: datetime, after: datetime) -> Expected:
    """An interval without a start keeps its beat when every beat process is a new one."""

    def ticks_of(until: datetime) -> list[datetime]:
        first = min(at for pk, at in rows_until(until) if pk == schedule_id)
        assert before <= first - timedelta(seconds=ANYWHEN) <= after
        return expected_ticks.of_interval(ANYWHEN, first)(until)

    return ticks_of


def task_of(system: System, start: datetime, **moments: Any) -> int:
    """The schedule of a new task."""
    task, _ = services.create_task(
        system.actor,
        name=str(moments),
        celery_task_name=JOB,
        args=[str(system.folder), 0],
        start_time=start,
        **moments,
    )
    assert task.schedule_id
    return task.schedule_id


def kill_beats(system: System, seconds: int) -> int:
    """Kill one of the beats at some moment and start another, again and again; return how often."""
    kills = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(random.uniform(0, 2))
        system.kill_beat(random.choice(system.beats))
        system.start_beat()
        kills += 1
    return kills


def rows_until(until: datetime) -> list[tuple[int, datetime]]:
    """Schedule and moment of every tick's row."""
    rows = TaskExecution.objects.filter(scheduled_for__lte=until)
    return list(rows.values_list("schedule_id", "scheduled_for"))


def next_second() -> datetime:
    return now().replace(microsecond=0) + timedelta(seconds=1)


def test_a_broker_that_hangs_delays_no_tick(system: System, broker: Broker) -> None:
    a_schedule(every=1, task=JOB, args=json.dumps([str(system.folder), 0]))
    eventually(ticks)
    broker.freeze()
    try:
        frozen_at = now()
        eventually(lambda: len(ticks()) >= 10, within=30)
    finally:
        broker.thaw()

    hung = TaskExecution.objects.filter(scheduled_for__gt=frozen_at)
    delays = [(tick.created_at - tick.scheduled_for).total_seconds() for tick in hung]
    # A push that is given up takes a second at least; a few may be late on a busy machine.
    assert len(delays) >= 8
    assert median(delays) < 0.5
    eventually(lambda: not hung.exclude(status=Status.SUCCESS).exists(), within=30)


@pytest.mark.django_db(transaction=True)
def test_doorbells_lost_with_a_beat_that_died_before_it_rang_are_rung(broker: Broker) -> None:
    broker.wipe()
    a_schedule(every=60)
    look()
    age(60)

    dropped = fire_due()
    age(LONGER_THAN_THE_GRACE)
    relay = Relay()

    assert (len(dropped.bells), messages()) == (1, 0)
    assert [relay.ring_missing() for _ in range(3)] == [0, 1, 0]
    assert messages() == 1
