"""C5: the ticks that each schedule's words imply, worked out anew, against the rows."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tasks_app.tests import expected_ticks
from tasks_app.tests.faults.client import ACKNOWLEDGED, REFUSED
from tasks_app.tests.faults.evidence import Evidence, grouped
from tasks_app.tests.faults.histories import Line
from tasks_app.tests.faults.tables import Row

# Why a tick may be skipped by what its schedule says.
_MISSED = {"missed", "over_limit"}


def wrong_fires(evidence: Evidence) -> Iterator[str]:
    """Every tick has exactly one row, run or skipped with a reason that its policies know."""
    rows_of = grouped(evidence.tables.runs, "schedule_id")
    tasks = {row["key"]: row for row in evidence.tables.schedules}
    for line in evidence.told("schedule"):
        task = tasks.get(line["key"])
        if task is None:
            if line["outcome"] == ACKNOWLEDGED:
                yield f"schedule {line['key']} was acknowledged and does not exist"
            continue
        rows = [row for row in rows_of[task["schedule_id"]] if row["scheduled_for"]]
        span = _span(evidence, line, task)
        yield from _wrong_ticks(line, rows, span)
        yield from _wrong_skips(line, rows, span)


def ticks_of(line: Line) -> set[datetime]:
    """What its words imply, from its start to before its end."""
    start, end = (datetime.fromisoformat(line[name]).astimezone(UTC) for name in ("start", "end"))
    expected = (
        expected_ticks.of_crontab(line["crontab"], "UTC", start)
        if line["crontab"]
        else expected_ticks.of_interval(line["every"], start)
    )
    return {moment for moment in expected(end) if moment < end}


class _Span(NamedTuple):
    """Ticks from `since` to before `until` must be there; from `over` on none may."""

    since: datetime
    until: datetime
    over: datetime


def implied(evidence: Evidence) -> int:
    """How many ticks the schedules that exist imply, until each was taken away."""
    tasks = {row["key"]: row for row in evidence.tables.schedules}
    known = [line for line in evidence.told("schedule") if line["key"] in tasks]
    spans = {line["key"]: _span(evidence, line, tasks[line["key"]]) for line in known}
    return sum(
        moment <= min(spans[line["key"]].until, spans[line["key"]].over)
        for line in known
        for moment in ticks_of(line)
    )


def _span(evidence: Evidence, line: Line, task: Row) -> _Span:
    """It was made late, or taken away."""
    asked = [each for each in evidence.told("disable") if each["key"] == line["key"]]
    done = [each["answered_at"] for each in asked if each["outcome"] == ACKNOWLEDGED]
    until = min((each["asked_at"] for each in asked if each["outcome"] != REFUSED), default=None)
    return _Span(
        task["created_at"] + timedelta(seconds=1), _moment(until), _moment(min(done, default=None))
    )


def _owed_since(span: _Span) -> datetime:
    """Who takes a schedule away settles what it still owed; no outage of a trial is longer."""
    return span.until - timedelta(minutes=1)


def _moment(at: float | None) -> datetime:
    return datetime.max.replace(tzinfo=UTC) if at is None else datetime.fromtimestamp(at, UTC)


def _wrong_ticks(line: Line, rows: list[Row], span: _Span) -> Iterator[str]:
    expected = ticks_of(line)
    told = Counter(row["scheduled_for"] for row in rows)
    for moment, count in told.items():
        if count > 1:
            yield f"{line['key']} has {count} rows for {moment:%H:%M:%S}"
        if moment not in expected or moment > span.over:
            yield f"{line['key']} fired at {moment:%H:%M:%S}, which it does not say"
    covered = set(told)
    for row in rows:
        if row["missed_from"]:
            gap = {at for at in expected if row["missed_from"] <= at <= row["scheduled_for"]}
            covered |= gap
            if len(gap) != row["missed_count"]:
                yield f"{line['key']} says {row['missed_count']} ticks missed of {len(gap)}"
    for moment in sorted(expected - covered):
        if span.since <= moment < span.until:
            yield f"{line['key']} has no row for {moment:%H:%M:%S}"


def _wrong_skips(line: Line, rows: list[Row], span: _Span) -> Iterator[str]:
    known = _MISSED if line["overlap"] == "allow" else {*_MISSED, "overlap"}
    if line["catch_up"] == "all":
        known = known - {"missed"}
    for row in rows:
        is_owed = row["reason"] == "missed" and row["scheduled_for"] > _owed_since(span)
        if row["status"] == "skipped" and row["reason"] not in known and not is_owed:
            why = row["reason"] or "no reason"
            yield f"{line['key']} skipped {row['scheduled_for']:%H:%M:%S} for {why}"
