"""A herd: many schedules due in the same second, and beats that must publish them all."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
from django.db import connection
from django_celery_beat.models import CrontabSchedule, PeriodicTasks

from benchmarks.machine import cpu_seconds, database_cpu_seconds
from benchmarks.queues import Queues, Sample
from benchmarks.schedules import ours
from benchmarks.schedules.beats import running_beats
from benchmarks.schedules.contender import contender
from benchmarks.schedules.stock import CAP
from benchmarks.schedules.tables import HERD_CRONTABS

# In seconds: for beats to start and to load or set what was edited.
LEAD = 15.0
# Schedules that a beat of either kind surely takes up in a second.
TAKEN_UP = 1500
OURS_CAP = 120.0


class NotReady(RuntimeError):
    """The beats were still busy when the herd was due: the figures would mean nothing."""


def measure_herd(name: str, beats: int, herd: int, size: int) -> dict[str, Any]:
    """Make the herd due at a whole minute and watch its messages arrive.

    Figures that the cap cut short are drawn out in a straight line, and `capped` says so.
    """
    is_ours = name == ours.OURS.name
    queues = Queues()
    if is_ours:
        ours.empty_ledger()
    due = _next_minute(LEAD + (herd if is_ours else size) / TAKEN_UP)
    _make_due(due)
    cap = OURS_CAP if is_ours else CAP
    with running_beats(contender(name), beats) as processes:
        _wait_until(due, is_ours)
        queues.empty()
        before = _cpu(processes, queues)
        samples = queues.watch(herd, due.timestamp() + cap)
        used = [late - early for early, late in zip(before, _cpu(processes, queues), strict=True)]
        time.sleep(1)  # for a message too many
        counted = queues.count()
    facts = figures(samples, due.timestamp(), herd)
    fired = min(samples[-1].messages, herd) or 1
    for part, seconds in zip(("beat", "database", "broker"), used, strict=True):
        facts[f"{part}_cpu_us"] = seconds / fired * 1e6
    facts["messages"] = counted
    return facts | (_figures_of_rows(herd) if is_ours else {})


def figures(samples: Sequence[Sample], due: float, herd: int) -> dict[str, Any]:
    """Fires a second and lags in seconds, by the messages' arrival; exact to one sample."""
    last = samples[-1]
    if last.messages >= herd:
        lags = {share: _arrived(samples, herd * share) - due for share in (0.5, 0.99, 1)}
        is_capped = False
    else:
        rate = max(last.messages, 1) / (last.at - due)
        lags = {share: herd * share / rate for share in (0.5, 0.99, 1)}
        is_capped = True
    return {
        "fires_s": herd / lags[1],
        "lag_p50_s": lags[0.5],
        "lag_p99_s": lags[0.99],
        "lag_max_s": lags[1],
        "capped": is_capped,
    }


def _arrived(samples: Sequence[Sample], count: float) -> float:
    return next(sample.at for sample in samples if sample.messages >= count)


def _figures_of_rows(herd: int) -> dict[str, Any]:
    lags = ours.lags_of_rows()
    if len(lags) != herd:
        raise NotReady(f"{len(lags)} rows for a herd of {herd}.")
    return {
        "row_lag_p50_s": lags[len(lags) // 2],
        "row_lag_p99_s": lags[len(lags) * 99 // 100],
        "row_lag_max_s": lags[-1],
    }


def _next_minute(lead: float) -> datetime:
    earliest = datetime.now(UTC) + timedelta(seconds=lead)
    return earliest.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _make_due(moment: datetime) -> None:
    """Crontabs that differ, and meet in this minute for the next time."""
    crontabs = CrontabSchedule.objects.order_by("pk")[:HERD_CRONTABS]
    for number, crontab in enumerate(crontabs):
        crontab.minute, crontab.day_of_week = str(moment.minute), "*"
        crontab.hour = f"{moment.hour},{(moment.hour + 3 + number) % 24}"
    CrontabSchedule.objects.bulk_update(crontabs, ["minute", "hour", "day_of_week"])
    PeriodicTasks.update_changed()


def _wait_until(due: datetime, is_ours: bool) -> None:
    """Until half a second before the herd is due, with nothing left to be taken up."""
    while is_ours and not ours.is_settled() and time.time() < due.timestamp():
        time.sleep(0.2)
    if connection.vendor == "postgresql":
        ours.tidy()
    left = due.timestamp() - time.time() - 0.5
    if left < 0:
        raise NotReady(f"The beats were ready {-left:.1f} s too late.")
    time.sleep(left)


def _cpu(processes: list[psutil.Process], queues: Queues) -> list[float]:
    """What beats, database and broker have used so far."""
    return [cpu_seconds(processes), database_cpu_seconds(), queues.cpu_seconds()]
