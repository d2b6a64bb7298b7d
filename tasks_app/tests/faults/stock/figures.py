"""The same questions to both: what was lost, what came twice, what never fired."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tasks_app.tests.faults.client import ACKNOWLEDGED
from tasks_app.tests.faults.evidence import Evidence, grouped
from tasks_app.tests.faults.histories import Line
from tasks_app.tests.faults.report import Report

# An interval may begin one period sooner or later than it is counted here.
TOLERANCE = 1


@dataclass(frozen=True)
class Comparison:
    """What is told of one side, by what it means."""

    faults: int
    acknowledged: int
    lost: int
    twice: int
    fires_expected: int
    fires_missing: int
    fires_too_many: int
    started_for_ever: int


def of_stock(evidence: Evidence, rows: list[dict[str, Any]], fires: dict[str, int]) -> Comparison:
    """From the effects and the result rows; `fires` says how many ticks each schedule has."""
    submitted = {line["execution"] for line in evidence.told("submit", ACKNOWLEDGED)}
    ends = Counter(line["execution"] for line in evidence.effects if line["what"] == "end")
    statuses = Counter(row["status"] for row in rows)
    begun = _begun(evidence.effects)
    return Comparison(
        faults=_faults(evidence),
        acknowledged=len(submitted),
        lost=sum(not ends[execution] for execution in submitted),
        twice=sum(count > 1 for count in ends.values()),
        fires_expected=sum(fires.values()),
        fires_missing=sum(max(n - begun[key] - TOLERANCE, 0) for key, n in fires.items()),
        fires_too_many=sum(max(begun[key] - n - TOLERANCE, 0) for key, n in fires.items()),
        started_for_ever=statuses["STARTED"] + statuses["PENDING"] + statuses["RETRY"],
    )


def _begun(effects: list[Line]) -> Counter[str]:
    """Runs that began, by their mark: a schedule's key is the mark of all its runs."""
    return Counter(
        {
            mark: len({x["execution"] for x in lines})
            for mark, lines in grouped(effects, "mark").items()
        }
    )


def _faults(evidence: Evidence) -> int:
    return sum(line["what"] == "fault" for line in evidence.faults)


def of_belfry(report: Report) -> Comparison:
    """From the checks: what they found broken."""
    sentences = {code: len(found) for code, found in report.violations.items()}
    missing = sum("no row" in each for each in report.violations["C5"])
    figures = report.figures
    return Comparison(
        faults=sum(figures.faults.values()),
        acknowledged=figures.submits.get(ACKNOWLEDGED, 0),
        lost=sentences["C1"],
        twice=sentences["C2"],
        fires_expected=figures.fires_expected,
        fires_missing=missing,
        fires_too_many=sentences["C5"] - missing,
        started_for_ever=sentences["C9"],
    )


_WORDS = {
    "faults": "faults",
    "acknowledged": "submissions that were acknowledged",
    "lost": "of them lost: never ended, or without a row",
    "twice": "runs whose effects came twice",
    "fires_expected": "ticks of schedules",
    "fires_missing": "of them without a run or a reason",
    "fires_too_many": "fires too many",
    "started_for_ever": "rows that stay started or waiting for ever",
}


def side_by_side(belfry: Comparison, stock: Comparison) -> str:
    """As Markdown."""
    lines = ["| | Belfry | usual combination |", "| --- | ---: | ---: |"]
    for name, words in _WORDS.items():
        lines.append(f"| {words} | {getattr(belfry, name):,} | {getattr(stock, name):,} |")
    return "\n".join(lines)
