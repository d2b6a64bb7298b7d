"""One scheduler in one fresh process: its start, its idle tick, one edit, its memory."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from benchmarks.machine import database_cpu_seconds
from benchmarks.schedules.contender import contender

TICKS, AT_MOST, AT_LEAST = 300, 15.0, 10
WATCHED = 10.0
EDITS = 5


class Cost(NamedTuple):
    """Seconds of something: on the clock, of its thread's CPU and of the whole process's."""

    wall: float
    thread: float
    process: float


def measure_steady(name: str) -> dict[str, Any]:
    """Start, tick idly, take edits; milliseconds, seconds and MiB by the names of the report."""
    begin = time.perf_counter()
    scheduler = contender(name).start()
    scheduler.tick()
    started = time.perf_counter() - begin
    memory = _peak()
    idle = _idle(scheduler)
    share = _shares(scheduler)
    with _put_back():
        edit = _middle([_take_edit(scheduler, number) for number in range(EDITS)])
    facts = {
        "start_s": started,
        "memory_at_start_mb": memory,
        "idle_wall_ms": idle.wall * 1000,
        "idle_cpu_ms": idle.thread * 1000,
        "edit_wall_ms": edit.wall * 1000,
        "edit_cpu_ms": edit.thread * 1000,
        "memory_mb": _peak(),
        **share,
    }
    scheduler.close()
    return facts


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cost(act: Callable[[], Any]) -> Cost:
    before = time.perf_counter(), time.thread_time(), time.process_time()
    act()
    after = time.perf_counter(), time.thread_time(), time.process_time()
    return Cost(*(late - early for early, late in zip(before, after, strict=True)))


def _middle(costs: list[Cost]) -> Cost:
    return Cost(*map(statistics.median, zip(*costs, strict=True)))


def _idle(scheduler: Any) -> Cost:
    """The median of some hundred ticks with nothing to do; of fewer where they are slow."""
    costs: list[Cost] = []
    end = time.monotonic() + AT_MOST
    while len(costs) < AT_LEAST or (len(costs) < TICKS and time.monotonic() < end):
        costs.append(_cost(scheduler.tick))
    return _middle(costs)


def _shares(scheduler: Any) -> dict[str, float]:
    """Per cent of a core while nothing happens, with the sweeps, in beat and in the database."""
    began, cpu, database = time.monotonic(), time.process_time(), database_cpu_seconds()
    while time.monotonic() - began < WATCHED:
        time.sleep(min(scheduler.tick(), WATCHED))
    passed = time.monotonic() - began
    return {
        "idle_beat_percent": (time.process_time() - cpu) / passed * 100,
        "idle_database_percent": (database_cpu_seconds() - database) / passed * 100,
    }


@contextmanager
def _put_back() -> Iterator[None]:
    """Give the rows that are edited their crontabs again: a herd must find them all."""
    before = dict(_last_rows()[:EDITS].values_list("pk", "crontab_id"))
    yield
    for pk, crontab in before.items():
        PeriodicTask.objects.filter(pk=pk).update(crontab_id=crontab)


def _last_rows() -> QuerySet[PeriodicTask]:
    rows: QuerySet[PeriodicTask] = PeriodicTask.objects.filter(name__startswith="schedule ")
    return rows.order_by("-pk")


def _take_edit(scheduler: Any, number: int) -> Cost:
    """What the tick after an edit costs."""
    schedule = _last_rows()[number]
    others = CrontabSchedule.objects.exclude(pk=schedule.crontab_id).order_by("-pk")
    schedule.crontab = others[number]
    schedule.save()
    return _cost(scheduler.tick)
