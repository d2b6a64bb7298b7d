"""Whether each part answers, when it was last heard from, and which alarms are open."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.db.models import Max
from django.db.models.functions import Now

from tasks_app import broker
from tasks_app.models import Alarm, Beat, Control, Worker

logger = logging.getLogger(__name__)
Fact = dict[str, Any]


def check_health() -> dict[str, Fact]:
    """By part: `ok`, for worker and beat how many live and the age of the newest heartbeat, and for
    the database how many foreign messages its workers ever refused. A beat that does not sweep does
    not live.

    Ages are in seconds. Returns within a few seconds, whatever is down; what a part raised is
    logged and not told, for it may name addresses.
    """
    return {
        "database": _checked("database", _database),
        "broker": _checked("broker", _broker),
        "worker": _checked("worker", lambda: _heard(Worker)),
        "beat": _checked("beat", lambda: _heard(Beat)),
    }


def open_alarms() -> Fact:
    """How many alarms are open, and of which kinds: no names, for who asks needs no login."""
    try:
        kinds = list(Alarm.objects.open().values_list("kind", flat=True))
    except DatabaseError:
        return {"open": None, "kinds": []}
    return {"open": len(kinds), "kinds": sorted(set(kinds))}


def _checked(part: str, look: Callable[[], Fact]) -> Fact:
    try:
        return look()
    except Exception as error:  # each transport fails in its own way
        logger.warning("%s does not answer: %s", part, error)
        return {"ok": False}


def _database() -> Fact:
    control = Control.objects.first()
    refused = control.refused_messages if control else 0
    return {"ok": control is not None, "refused_messages": refused}


def _broker() -> Fact:
    broker.check()
    return {"ok": True}


def _heard(processes: type[Worker | Beat]) -> Fact:
    alive = processes.objects.alive().count()
    age = processes.objects.aggregate(age=Now() - Max("seen_at"))["age"]
    seconds = None if age is None else round(age.total_seconds(), 1)
    return {"ok": alive > 0, "alive": alive, "seen_seconds_ago": seconds}
