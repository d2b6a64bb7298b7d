"""All cells of one number of schedules: ours without tasks, ours with every policy, the stock."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.cell import Failed, run_cell
from benchmarks.places import Place

Figures = dict[str, Any]


class Column(NamedTuple):
    """One column of the report: a scheduler on one kind of rows."""

    title: str
    contender: str
    with_tasks: bool


PLAIN = Column("ours", "ours", False)
POLICIES = Column("ours, tasks with every policy", "ours", True)
STOCK = Column("stock", "stock", False)


def measure_column(
    place: Place, column: Column, size: int, herd: int, beats: Sequence[int]
) -> tuple[Figures, dict[int, Figures]]:
    """The figures of one column, and those of the herd by the number of beats."""
    steady: Figures = {}
    herds: dict[int, Figures] = {}
    with place.database(f"{column.contender}_{int(column.with_tasks)}_{size}") as environment:
        cell = _telling(f"{column.title}, {size}", environment)
        cell("schedules.tables:fill", size=size, herd=herd, with_tasks=column.with_tasks)
        if column.contender == "ours":
            steady |= cell("schedules.ours:first_fill")
        steady |= cell("schedules.steady:measure_steady", name=column.contender)
        steady |= cell("schedules.wake:measure_wake", name=column.contender)
        for count in beats:
            herds[count] = cell(
                "schedules.herd:measure_herd",
                name=column.contender,
                beats=count,
                herd=herd,
                size=size,
            )
    return steady, herds


def _telling(title: str, environment: Mapping[str, str]) -> Callable[..., Figures]:
    """Run cells and tell their figures, for hours may pass before the report; one that fails has
    none."""

    def cell(name: str, /, **arguments: Any) -> Figures:
        began = time.monotonic()
        try:
            figures = run_cell(name, environment, **arguments)
        except Failed as failed:
            sys.stderr.write(f"{title}: {failed}\n")
            return {"failed": True}
        took = time.monotonic() - began
        sys.stderr.write(f"{title}: {name} {arguments} in {took:.0f} s: {json.dumps(figures)}\n")
        return figures

    return cell
