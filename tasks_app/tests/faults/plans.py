"""Schedules of the proof: each says beforehand from when until when it fires, and how often."""

from datetime import UTC, datetime, timedelta
from itertools import cycle, product
from random import Random
from typing import Any, NamedTuple

from tasks_app.states import CatchUp, Overlap
from tasks_app.tests.faults.client import Client
from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.load import job_of

# Of each overlap policy one whose runs may still be under way when the next tick comes.
_POLICIES = [("allow", "all"), *product(Overlap.values, CatchUp.values)]
# Seconds. Whoever waits in line is let go by a sweep: a quicker schedule would only grow its line.
_QUICKLY, _SLOWLY = (1, 2), (4, 5)
LONGEST = 1.5
_CRONTABS = ("* * * * *", "*/2 * * * *")
# A server that hangs must have made it, or never, before its first tick.
AHEAD = timedelta(seconds=10)


class Planned(NamedTuple):
    """A schedule by the key of its task; `every` in seconds, or a crontab in UTC."""

    key: str
    every: int
    crontab: str
    start: datetime
    end: datetime
    overlap: str
    catch_up: str


def plan(count: int, rng: Random, start: datetime, end: datetime) -> list[Planned]:
    """So many schedules of all policies, every second or two; a few are crontabs."""
    policies = cycle(_POLICIES)
    planned = []
    for number in range(count):
        overlap, catch_up = next(policies)
        every = rng.choice(_SLOWLY if overlap.startswith("buffer") else _QUICKLY)
        planned.append(Planned(f"every-{number}", every, "", start, end, overlap, catch_up))
    texts = [
        Planned(f"crontab-{n}", 0, text, start, end, "allow", "all")
        for n, text in enumerate(_CRONTABS)
    ]
    return planned + texts


def define(client: Client, history: History, planned: Planned, rng: Random) -> str:
    """Ask for it, and write down what came of it."""
    job = job_of("long" if planned.overlap != Overlap.ALLOW else "short")
    arguments: dict[str, Any] = {"mark": planned.key}
    if planned.overlap != Overlap.ALLOW:
        arguments["seconds"] = round(rng.uniform(0, LONGEST), 1)
    moments = {"crontab": planned.crontab} if planned.crontab else {"interval": planned.every}
    answer = client.ask(
        "POST",
        "tasks/",
        {
            "name": planned.key,
            "key": planned.key,
            "celery_task_name": job,
            "kwargs": arguments,
            "start_time": planned.start.isoformat(),
            "end_time": planned.end.isoformat(),
            "overlap": planned.overlap,
            "catch_up": planned.catch_up,
            **moments,
        },
    )
    history.note("schedule", outcome=answer.outcome, answered=answer.status, **planned._asdict())
    return answer.outcome


def disable(client: Client, history: History, key: str) -> None:
    """Take it away before its end."""
    answer = client.ask("PATCH", f"tasks/{key}/", {"enabled": False})
    history.note(
        "disable",
        key=key,
        outcome=answer.outcome,
        asked_at=answer.asked_at,
        answered_at=answer.asked_at + answer.seconds,
    )


def next_second(after: timedelta = timedelta()) -> datetime:
    """The first whole second after now and so much."""
    return (datetime.now(UTC) + after).replace(microsecond=0) + timedelta(seconds=1)
