"""The figures of one trial, from the same evidence as its checks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tasks_app.tests.faults.client import ACKNOWLEDGED, UNKNOWN
from tasks_app.tests.faults.evidence import Evidence
from tasks_app.tests.faults.fires import implied
from tasks_app.tests.faults.rescues import rescues_of

# Of nothing seen in n, the 95 % upper bound of the rate is about this by n.
RULE_OF_THREE = 3


@dataclass(frozen=True)
class Spread:
    """Of so many values, in seconds; None of none."""

    n: int
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    longest: float | None = None


def spread(values: Sequence[float]) -> Spread:
    ordered = sorted(values)
    if not ordered:
        return Spread(0)
    p50, p95, p99 = (round(ordered[ceil(len(ordered) * x) - 1], 3) for x in (0.5, 0.95, 0.99))
    return Spread(len(ordered), p50, p95, p99, round(ordered[-1], 3))


@dataclass(frozen=True)
class Figures:
    """What is published of a trial."""

    faults: dict[str, int]
    submits: dict[str, int]
    availability: float
    answered: Spread
    runs: int
    statuses: dict[str, int]
    attempts: int
    bodies: int
    rescue: Spread
    rescue_of_children: Spread
    rescue_in_turmoil: Spread
    fires_expected: int
    fires: int
    lateness: Spread
    publications: float
    overlaps: int
    counters: dict[str, int] = field(default_factory=dict)
    ended_by_themselves: int = 0


def figures_of(evidence: Evidence) -> Figures:
    runs = evidence.tables.runs
    asked = evidence.told("submit")
    heard = Counter(line["outcome"] for line in asked)
    fires = [run for run in runs if run["scheduled_for"] and run["trigger"] == "schedule"]
    rung = [run["published_count"] for run in runs if run["attempt"]]
    rescues = rescues_of(evidence)
    struck = [line for line in evidence.faults if line["what"] == "fault"]
    return Figures(
        faults=dict(Counter(line["name"] for line in struck).most_common()),
        submits=dict(heard),
        availability=_share(len(asked) - heard[UNKNOWN], len(asked)),
        answered=spread([x["seconds"] for x in asked if x["outcome"] == ACKNOWLEDGED]),
        runs=len(runs),
        statuses=dict(Counter(run["status"] for run in runs)),
        attempts=sum(run["attempt"] for run in runs),
        bodies=sum(len(begins) for begins in evidence.begins.values()),
        rescue=spread([each.seconds for each in rescues if each.is_alone and not each.of_child]),
        rescue_of_children=spread([each.seconds for each in rescues if each.of_child]),
        rescue_in_turmoil=spread([each.seconds for each in rescues if not each.is_alone]),
        fires_expected=implied(evidence),
        fires=sum(run["missed_count"] or 1 for run in fires),
        lateness=spread([_late(run) for run in fires if run["status"] != "skipped"]),
        publications=_share(sum(rung), len(rung)),
        overlaps=_overlaps(evidence),
        counters=evidence.tables.counters,
        ended_by_themselves=sum(line["what"] == "ended" for line in evidence.faults),
    )


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _late(run: dict[str, Any]) -> float:
    return float((run["created_at"] - run["scheduled_for"]).total_seconds())


def _overlaps(evidence: Evidence) -> int:
    """Bodies that still acted while their successor began: allowed, and told."""
    ends = {
        (line["execution"], line["attempt"]): line["at"]
        for line in evidence.effects
        if line["what"] == "end"
    }
    return sum(
        ends.get((execution, line["attempt"] - 1), 0) > line["at"]
        for execution, begins in evidence.begins.items()
        for line in begins
    )
