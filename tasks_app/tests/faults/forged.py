"""Evidence made by hand: a small trial in which nothing went wrong, and ways to spoil it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tasks_app.tests.faults.evidence import Evidence, Leftovers
from tasks_app.tests.faults.histories import Line
from tasks_app.tests.faults.tables import Row, Tables

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ONE, TWO = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"


def second(number: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=number)


def a_run(execution: str = ONE, **columns: Any) -> Row:
    """A row that succeeded at once."""
    return {
        "id": execution,
        "parent_id": None,
        "schedule_id": None,
        "kwargs": {"mark": f"mark of {execution}"},
        "trigger": "api",
        "status": "success",
        "reason": "",
        "attempt": 1,
        "failed_tries": 0,
        "worker_deaths": 0,
        "max_attempts": None,
        "on_lost": "retry",
        "result": {"attempt": 1},
        "error": "",
        "scheduled_for": None,
        "missed_from": None,
        "missed_count": 0,
        "published_count": 1,
        "created_at": second(0),
        "started_at": second(1),
        "finished_at": second(2),
        **columns,
    }


def a_try(number: int, started: float, ended: float, execution: str = ONE) -> Row:
    """One that was lost; both times in seconds after noon."""
    return {
        "execution_id": execution,
        "number": number,
        "outcome": "lost",
        "error": "",
        "started_at": second(started),
        "ended_at": second(ended),
    }


def a_tick(number: int, **columns: Any) -> Row:
    """The row of a schedule's tick, so many seconds after noon; each with an id of its own."""
    told = {"schedule_id": 7, "trigger": "schedule", "scheduled_for": second(number)}
    return a_run(f"00000000-0000-7000-8000-0000000001{number:02}", **{**told, **columns})


def a_body(execution: str = ONE, attempt: int = 1, **facts: Any) -> list[Line]:
    """It began and ended."""
    line = {"execution": execution, "attempt": attempt, "pid": 1, "at": 1.0, "mark": ""} | facts
    return [{"what": "begin", **line}, {"what": "end", **line}]


def a_request(what: str = "submit", outcome: str = "acknowledged", **facts: Any) -> Line:
    """What a client heard; of a submission of ONE by default."""
    told = {"execution": ONE, "mark": f"mark of {ONE}", "seconds": 0.1, "asked_at": 0.0}
    return {"what": what, "outcome": outcome, **told, **facts}


def a_schedule(**words: Any) -> Line:
    """Each second from noon to before four seconds after it."""
    told = {"key": "each-second", "every": 1, "crontab": "", "overlap": "allow", "catch_up": "all"}
    span = {"start": second(0).isoformat(), "end": second(4).isoformat()}
    return {"what": "schedule", "outcome": "acknowledged", **told, **span, **words}


def a_trial(**parts: Any) -> Evidence:
    """One run with two attempts, one schedule, and nothing wrong; `parts` replace what is there."""
    ticks = [a_tick(number) for number in range(4)]
    runs = [a_run(attempt=2, result={"attempt": 2}, worker_deaths=1, started_at=second(5)), *ticks]
    bodies = [a_body(ONE, 1)[:1], a_body(ONE, 2), *(a_body(tick["id"]) for tick in ticks)]
    tables = Tables(
        runs=parts.pop("runs", runs),
        tries=parts.pop("tries", [a_try(1, 1, 4)]),
        schedules=[{"key": "each-second", "schedule_id": 7, "created_at": second(-9)}],
    )
    told = {
        "clients": [a_request(), a_schedule()],
        "effects": [line for body in bodies for line in body],
        "finals": [{"what": "final", "rows": [_seen(run) for run in tables.runs]}],
        "leftovers": Leftovers({"default": 0}),
    }
    return Evidence(tables=tables, **{**told, **parts})


def _seen(run: Row) -> Row:
    return {**run, "finished_at": run["finished_at"] and run["finished_at"].isoformat()}
