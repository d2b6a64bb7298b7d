"""What the checker looks at: the outside histories and the final tables, and nothing else."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tasks_app.tests.faults.histories import Histories, Line
from tasks_app.tests.faults.tables import Row, Tables


@dataclass
class Leftovers:
    """What may not be left when all is over."""

    messages: dict[str, int] = field(default_factory=dict)
    # Sessions that hold a transaction open, and locks that somebody waits for.
    open_transactions: int = 0
    waiting_locks: int = 0


@dataclass
class Evidence:
    """One trial, after its drain."""

    clients: list[Line] = field(default_factory=list)
    effects: list[Line] = field(default_factory=list)
    faults: list[Line] = field(default_factory=list)
    finals: list[Line] = field(default_factory=list)
    tables: Tables = field(default_factory=Tables)
    leftovers: Leftovers = field(default_factory=Leftovers)

    @cached_property
    def runs(self) -> dict[str, Row]:
        """Every row by its id."""
        return {row["id"]: row for row in self.tables.runs}

    @cached_property
    def tries(self) -> dict[str, list[Row]]:
        """The tries that did not have the last word, by execution, in their order."""
        ordered = sorted(self.tables.tries, key=lambda row: int(row["number"]))
        return grouped(ordered, "execution_id")

    @cached_property
    def begins(self) -> dict[str, list[Line]]:
        """Every body that began, by execution."""
        return grouped((line for line in self.effects if line["what"] == "begin"), "execution")

    def told(self, what: str, outcome: str = "") -> list[Line]:
        """What clients asked for and heard."""
        lines = [line for line in self.clients if line["what"] == what]
        return [line for line in lines if not outcome or line["outcome"] == outcome]


def gather(histories: Histories, tables: Tables, leftovers: Leftovers) -> Evidence:
    """The evidence of a trial that is over."""
    clients, effects, faults, finals = map(histories.read, Histories.NAMES)
    return Evidence(clients, effects, faults, finals, tables, leftovers)


def grouped(lines: Iterable[Line], name: str) -> dict[Any, list[Line]]:
    """By the value under a name."""
    groups: dict[Any, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line[name]].append(line)
    return groups
