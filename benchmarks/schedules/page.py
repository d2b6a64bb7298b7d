"""The page of schedules: every size, the small ones first."""

from argparse import Namespace
from typing import Any

from benchmarks import report
from benchmarks.places import Place, place_of
from benchmarks.schedules import lines
from benchmarks.schedules.cells import PLAIN, POLICIES, STOCK, measure_column
from benchmarks.schedules.stock import MOST


def measure(options: Namespace) -> dict[str, Any]:
    """Print the tables of each size; return all figures."""
    with place_of(options.database) as place:
        sizes = {size: _measure_size(place, size, options) for size in sorted(options.sizes)}
    return {"database": options.database, "sizes": sizes}


def _measure_size(place: Place, size: int, options: Namespace) -> dict[str, Any]:
    """Print the tables of one size; return its figures by column."""
    herd = min(options.herd, size)
    figures: dict[str, Any] = {}
    for column in (PLAIN, POLICIES):
        figures[column.title] = measure_column(place, column, size, herd, options.beats)
    if options.stock and size <= MOST:
        # A second stock beat would only fire everything twice.
        figures[STOCK.title] = measure_column(place, STOCK, size, herd, [1])
    _print_tables(f"{options.database}, {size:,} schedules", herd, figures)
    return figures


def _print_tables(title: str, herd: int, figures: dict[str, Any]) -> None:
    stock, herds_of_stock = figures.get(STOCK.title, ({}, {}))
    ours = {title: cells for title, cells in figures.items() if title != STOCK.title}
    report.say(f"\n## {title}\n")
    report.say(lines.table(lines.STEADY, {name: cells[0] for name, cells in ours.items()}, stock))
    for beats in ours[PLAIN.title][1]:
        columns = {name: cells[1][beats] for name, cells in ours.items()}
        report.say(f"\n{herd:,} due in one second, {beats} beat{'s' if beats > 1 else ''}:\n")
        report.say(lines.table(lines.HERD, columns, herds_of_stock.get(1, {})))
