"""What a trial came to, for people and for programs."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tasks_app.tests.faults.checker import CHECKS
from tasks_app.tests.faults.figures import RULE_OF_THREE, Figures, Spread

# Of the sentences of one check so many are printed.
SHOWN = 10


@dataclass(frozen=True)
class Report:
    """One trial; `drained` is in seconds, None if it never was."""

    seed: int
    minutes: float
    database: str
    lease: int
    drained: float | None
    violations: dict[str, list[str]]
    # Of how many things each promise was held.
    held: dict[str, int]
    figures: Figures
    left_out: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not any(self.violations.values())

    def write(self, path: Path) -> None:
        """As JSON, and beside it as Markdown."""
        path.with_suffix(".json").write_text(json.dumps(asdict(self), indent=1, default=str))
        path.with_suffix(".md").write_text(self.markdown())

    def markdown(self) -> str:
        """The tables, and the sentences of whatever was broken."""
        return "\n".join(
            [*self._head(), "", *self._checks(), "", *self._figures(), *self._broken()]
        )

    def _head(self) -> list[str]:
        words = f"seed {self.seed}, {self.minutes:g} minutes, {self.database}, lease {self.lease} s"
        faults = self.figures.faults
        told = ", ".join(f"{name} {count}" for name, count in faults.items())
        return [f"# Faults: {words}", "", f"{sum(faults.values())} faults: {told}.", *self.left_out]

    def _checks(self) -> list[str]:
        lines = [
            "| Check | Promise | Of | Broken | 95 % bound |",
            "| --- | --- | ---: | ---: | ---: |",
        ]
        for check in CHECKS:
            count, held = len(self.violations[check.code]), self.held[check.code]
            bound = f"{RULE_OF_THREE / held:.2%}" if held and not count else ""
            lines.append(f"| {check.code} | {check.promise} | {held:,} | {count} | {bound} |")
        return lines

    def _figures(self) -> list[str]:
        lines = ["| Figure | Value |", "| --- | --- |"]
        return lines + [f"| {name} | {value} |" for name, value in self._told().items()]

    def _told(self) -> dict[str, Any]:
        f = self.figures
        return {
            "submits": _counts(f.submits),
            "availability of submits": f"{f.availability:.2%}",
            "answers": _seconds(f.answered),
            "runs": f"{f.runs:,} ({_counts(f.statuses)})",
            "attempts, bodies begun": f"{f.attempts:,}, {f.bodies:,}",
            "rescue of a killed worker's runs": _seconds(f.rescue),
            "rescue of a killed child's run": _seconds(f.rescue_of_children),
            "rescue while beats or database were hurt too": _seconds(f.rescue_in_turmoil),
            "fires expected, rows": f"{f.fires_expected:,}, {f.fires:,}",
            "lateness of ticks": _seconds(f.lateness),
            "publications for each run": f"{f.publications:.3f}",
            "bodies still acting when their successor began": f.overlaps,
            "counters": _counts(f.counters) or "none",
            "processes that ended by themselves": f.ended_by_themselves,
            "drained after": "never" if self.drained is None else f"{self.drained:.1f} s",
        }

    def _broken(self) -> list[str]:
        lines = []
        for code, sentences in self.violations.items():
            if sentences:
                lines += ["", f"## {code}", "", *(f"- {each}" for each in sentences[:SHOWN])]
                if len(sentences) > SHOWN:
                    lines.append(f"- and {len(sentences) - SHOWN} more")
        return lines


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _seconds(told: Spread) -> str:
    if not told.n:
        return "none"
    figures = ", ".join(
        f"{name} {value:.2f} s"
        for name, value in (("p50", told.p50), ("p95", told.p95), ("p99", told.p99))
    )
    return f"{figures}, longest {told.longest:.2f} s (n={told.n:,})"
