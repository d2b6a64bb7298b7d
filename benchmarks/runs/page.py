"""Runs a second, how soon they start, and what they ask of the database, as tables."""

from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.cell import run_cell
from benchmarks.places import Place, place_of
from benchmarks.report import Column, how_told, rounds_table, say
from benchmarks.rounds import Figures, Rounds, interleaved
from benchmarks.runs.contenders import (
    BARE,
    CONTENDERS,
    OURS,
    OURS_BY_CALL,
    OURS_UNWAITED,
    STOCK,
)

# Runs of one measurement.
MANY, SOME, FEW = 3000, 100, 200
RATES = (
    Column("a second", "rate"),
    Column("ratio to bare", "rate", BARE),
    Column("ratio to stock", "rate", STOCK),
    Column("CPU a run: worker µs", "worker_cpu_us"),
    Column("its main process µs", "parent_cpu_us"),
    Column("its children µs", "children_cpu_us"),
    Column("PostgreSQL µs", "database_cpu_us"),
    Column("broker µs", "broker_cpu_us"),
)
STARTS = (
    Column("start p50 ms", "start_p50_ms"),
    Column("ratio to bare", "start_p50_ms", BARE),
    Column("start p99 ms", "start_p99_ms"),
    Column("call of the submitter p50 ms", "submit_p50_ms"),
)
WRITES = (
    Column("statements: submit", "statements_submit"),
    Column("statements: run", "statements_run"),
    Column("log bytes: submit", "bytes_submit"),
    Column("log bytes: run", "bytes_run"),
)


def measure(options: Namespace) -> dict[str, Any]:
    """Print three tables; return what each round told."""
    with place_of("postgresql", as_in_production=True) as place:
        turns = partial(_rounds, place, options.rounds)
        say(f"\n## Runs\n\n{how_told(options.rounds)}\n")
        rates = turns("draining", (OURS, BARE, STOCK), MANY)
        say(f"No-op runs a second:\n\n{rounds_table(rates, RATES)}\n")
        starts = turns("starting", (OURS, OURS_BY_CALL, OURS_UNWAITED, BARE, STOCK), SOME)
        say(f"From submit to the first line, idle worker:\n\n{rounds_table(starts, STARTS)}\n")
        writes = turns("writing", (OURS, OURS_BY_CALL, STOCK), FEW)
        say(f"What one run asks of PostgreSQL:\n\n{rounds_table(writes, WRITES)}")
    return {"rates": rates, "starts": starts, "writes": writes}


def _rounds(place: Place, rounds: int, cell: str, contenders: Sequence[str], count: int) -> Rounds:
    def measure_one(name: str) -> Figures:
        with place.database("runs") as environment:
            contender = CONTENDERS[name]
            own = {"DJANGO_SETTINGS_MODULE": contender.settings, **contender.environment}
            told = environment | {"LOG_LEVEL": "WARNING"} | own
            return run_cell(f"runs.{cell}:measure", told, name=name, count=count)

    return interleaved(contenders, rounds, measure_one)
