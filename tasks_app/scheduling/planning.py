"""The plan that a schedule's rows ask for, or the sentence why it cannot be kept."""

import json
from datetime import datetime, timedelta
from typing import Any

from tasks_app import broker, registry
from tasks_app.exceptions import ImpossibleSchedule
from tasks_app.models.json_values import check_json
from tasks_app.scheduling.plan import Plan
from tasks_app.scheduling.stale import Stale

# Characters; django-celery-beat itself has no limit.
LONGEST_JSON = 1024 * 1024


def plan_of(row: Stale) -> Plan:
    """The plan of an edited schedule; intervals keep their anchor while their length is the same.

    Raises ImpossibleSchedule for what cannot fire: nothing or too much to go by, an impossible
    time, arguments that are no JSON, a job that nobody knows, a queue that does not exist.
    """
    _check_call(row)
    kinds = [kind for kind, first in _kinds(row).items() if first is not None]
    if len(kinds) != 1:
        found = ", ".join(kinds) or "none"
        raise ImpossibleSchedule(
            f"It needs exactly one of crontab, interval, clocked or solar, and has {found}."
        )
    return _MAKERS[kinds[0]](row)


def _kinds(row: Stale) -> dict[str, Any]:
    one = row.definitions
    return {
        "crontab": one.minute,
        "interval": one.every,
        "clocked": one.clocked_time,
        "solar": one.event,
    }


def _crontab(row: Stale) -> Plan:
    *fields, zone = row.definitions[:6]
    bounds = row.start_time, row.end_time
    return Plan.crontab([str(field) for field in fields], str(zone), row.either_day, *bounds)


def _interval(row: Stale) -> Plan:
    every = timedelta(**{str(row.definitions.period): row.definitions.every or 0})
    anchor, first = interval_anchor(row, every), 0 if row.start_time else 1
    return Plan.interval(every, anchor, first, None, row.end_time)


def interval_anchor(row: Stale, every: timedelta) -> datetime:
    """Where an interval counts from: its start time, else where it counted from, else its last
    moment, else the moment it was made or enabled: never from the start of a process."""
    if row.start_time:
        return row.start_time
    if row.anchor and _length(row.due.spec) == every:
        return row.anchor
    return row.watermark or row.edited_until or row.due.now


def _length(spec: str) -> timedelta | None:
    told = json.loads(spec) if spec else {}
    return timedelta(microseconds=told["every_us"]) if "every_us" in told else None


def _clocked(row: Stale) -> Plan:
    assert row.definitions.clocked_time
    return Plan.clocked(row.definitions.clocked_time, row.start_time, row.end_time)


def _solar(row: Stale) -> Plan:
    event, latitude, longitude = row.definitions[-3:]
    bounds = row.start_time, row.end_time
    return Plan.solar(str(event), float(str(latitude)), float(str(longitude)), *bounds)


_MAKERS = {"crontab": _crontab, "interval": _interval, "clocked": _clocked, "solar": _solar}


def _check_call(row: Stale) -> None:
    due = row.due
    for text, kind, what in (
        (row.args, list, "positional arguments are no JSON array"),
        (row.kwargs, dict, "keyword arguments are no JSON object"),
        (row.headers, dict, "headers are no JSON object"),
    ):
        if not _is_json(text, kind):
            raise ImpossibleSchedule(f"Its {what}: {text[:100]}")
    if not registry.can_run(due.job):
        raise ImpossibleSchedule(f"No job is called {due.job}.")
    is_routed = due.routing_key and not due.queue
    if is_routed and not broker.queue_bound_to(due.exchange, due.routing_key):
        raise ImpossibleSchedule(
            f"No queue is bound to the routing key {due.routing_key} "
            f"of the exchange {due.exchange or 'of any name'}."
        )


def _is_json(text: str, kind: type) -> bool:
    """Whether it is JSON of that kind that the ledger can keep."""
    try:
        value = json.loads(text) if text else kind()
        check_json(value, limit=LONGEST_JSON)
    except ValueError:
        return False
    return isinstance(value, kind)
