"""`python -m benchmarks`: measure, and print the report as Markdown."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import machine, report
from benchmarks.places import Place, place_of
from benchmarks.runs import PLAIN, POLICIES, STOCK, measure
from benchmarks.stock import MOST


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    sizes = [1_000, 10_000, 100_000, 1_000_000]
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes, help="schedules")
    parser.add_argument("--beats", type=int, nargs="+", default=[1, 2, 4], help="processes")
    parser.add_argument("--herd", type=int, default=10_000, help="schedules due in one second")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument(
        "--stock", action=argparse.BooleanOptionalAction, default=True, help="the peer as well"
    )
    parser.add_argument("--json", type=Path, help="write all figures to this file too")
    return parser.parse_args()


def _measure_size(place: Place, size: int, options: argparse.Namespace) -> dict[str, Any]:
    """Print the tables of one size; return its figures by column."""
    herd = min(options.herd, size)
    figures: dict[str, Any] = {}
    for column in (PLAIN, POLICIES):
        figures[column.title] = measure(place, column, size, herd, options.beats)
    if options.stock and size <= MOST:
        # A second stock beat would only fire everything twice.
        figures[STOCK.title] = measure(place, STOCK, size, herd, [1])
    _print_tables(f"{options.database}, {size:,} schedules", herd, figures)
    return figures


def _print_tables(title: str, herd: int, figures: dict[str, Any]) -> None:
    stock, herds_of_stock = figures.get(STOCK.title, ({}, {}))
    ours = {title: cells for title, cells in figures.items() if title != STOCK.title}
    _say(f"\n## {title}\n")
    _say(report.table(report.STEADY, {name: cells[0] for name, cells in ours.items()}, stock))
    for beats in ours[PLAIN.title][1]:
        columns = {name: cells[1][beats] for name, cells in ours.items()}
        _say(f"\n{herd:,} due in one second, {beats} beat{'s' if beats > 1 else ''}:\n")
        _say(report.table(report.HERD, columns, herds_of_stock.get(1, {})))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure every size, the small ones first."""
    options = _arguments()
    facts = machine.facts()
    _say(report.head(facts))
    with place_of(options.database) as place:
        sizes = {size: _measure_size(place, size, options) for size in sorted(options.sizes)}
    if options.json:
        told = {"machine": facts, "database": options.database, "sizes": sizes}
        options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
