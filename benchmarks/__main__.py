"""Measure, and print the figures as Markdown.

Without names: runs, submissions and footprint, in less than 20 minutes on two cores. The figures
of schedules take minutes to hours, by their options.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import machine, report
from benchmarks.schedules.options import add_options

PARTS = ("runs", "submissions", "footprint", "schedules")
USUAL = PARTS[:3]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; {', '.join(USUAL)} if none"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of runs and submissions")
    parser.add_argument("--json", type=Path, help="write all figures to this file too")
    add_options(parser.add_argument_group("schedules"))
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


def main() -> None:
    """Measure the parts one after another; each prints its own tables."""
    options = _arguments()
    told: dict[str, Any] = {"machine": machine.facts()}
    report.say(report.head(told["machine"]))
    for part in options.parts or USUAL:
        told[part] = import_module(f"benchmarks.{part}.page").measure(options)
        if options.json:
            options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
