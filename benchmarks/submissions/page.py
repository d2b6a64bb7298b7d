"""Submissions a second of all contenders, round by round, as a table."""

import argparse

from benchmarks.cell import run_cell
from benchmarks.places import Place, place_of
from benchmarks.report import Column, how_told, rounds_table, say
from benchmarks.rounds import Figures, Rounds, interleaved
from benchmarks.submissions.names import ALL, DICTIONARY, ROWS

SECONDS = 7.0
COLUMNS = (
    Column("accepted a second", "rate"),
    Column("ratio to the dictionary", "rate", DICTIONARY),
    Column("ratio to the rows", "rate", ROWS),
    Column("p50 ms", "p50_ms"),
    Column("p99 ms", "p99_ms"),
    Column("CPU a request: server µs", "server_cpu_us"),
    Column("PostgreSQL µs", "database_cpu_us"),
    Column("broker µs", "broker_cpu_us"),
    Column("load generator µs", "generator_cpu_us"),
)


def measure(options: argparse.Namespace) -> Rounds:
    """Print the table; return what each round told."""
    with place_of("postgresql", as_in_production=True) as place:
        rounds = interleaved(ALL, options.rounds, lambda name: _one(place, name))
    say(f"\n## Submissions\n\n{how_told(options.rounds)}\n")
    say(rounds_table(rounds, COLUMNS))
    return rounds


def _one(place: Place, name: str) -> Figures:
    """Each measurement has a database of its own: none finds the rows of the one before."""
    with place.database("submissions") as environment:
        return run_cell("submissions.measuring:measure", environment, name=name, seconds=SECONDS)
