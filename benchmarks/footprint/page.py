"""Memory and idle CPU of `manage.py up`, part by part, as a table."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.footprint.parts import Taken, parts_of, taken
from benchmarks.footprint.up import running_up
from benchmarks.report import figure, markdown, say

SETTLING, WATCHED = 20.0, 40.0
TITLES = ("", "processes", "memory (PSS), MiB", "idle CPU, % of a core")


def measure(_: argparse.Namespace) -> dict[str, Any]:
    """Print the table; return its figures by part."""
    with running_up() as up:
        time.sleep(SETTLING)
        parts = parts_of(up)
        began, before = time.monotonic(), taken(parts)
        time.sleep(WATCHED)
        after, passed = taken(parts), time.monotonic() - began
    figures = shares(before, after, passed)
    for part, told in figures.items():
        told["processes"] = len(parts.get(part, ())) or sum(map(len, parts.values()))
    say(
        "\n## Footprint\n\n`manage.py up --worker-concurrency 2`, SQLite, embedded broker: memory "
        f"{SETTLING + WATCHED:g} s after it was ready, CPU over {WATCHED:g} s.\n"
    )
    say(_table(figures))
    return figures


def shares(
    before: Mapping[str, Taken], after: Mapping[str, Taken], seconds: float
) -> dict[str, dict[str, float]]:
    """Memory in MiB and CPU in per cent of a core, for each part and in all."""
    parts = {
        part: {
            "memory_mb": late.memory,
            "idle_cpu_percent": (late.cpu - before[part].cpu) / seconds * 100,
        }
        for part, late in after.items()
    }
    names = ("memory_mb", "idle_cpu_percent")
    return parts | {"all": {name: sum(part[name] for part in parts.values()) for name in names}}


def _table(figures: Mapping[str, Mapping[str, float]]) -> str:
    names = ("processes", "memory_mb", "idle_cpu_percent")
    rows = [[part, *(figure(told[name]) for name in names)] for part, told in figures.items()]
    return markdown([TITLES, *rows])
