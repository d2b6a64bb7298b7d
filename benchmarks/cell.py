"""One measurement in a process of its own, so that none pays for another: `benchmarks.cell NAME`.

The arguments come as a JSON object, the figures go back as the last line of the output.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django


class Failed(RuntimeError):
    def __init__(self, name: str, told: str) -> None:
        super().__init__(f"{name} failed:\n{told[-1000:]}")


def run_cell(name: str, environment: Mapping[str, str], /, **arguments: Any) -> dict[str, Any]:
    """The figures of one cell. Raises Failed with what the process said."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cell", name, json.dumps(arguments)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(name, done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _fill(**arguments: Any) -> None:
    from benchmarks import ours, tables

    tables.fill(**arguments)
    ours.tidy()


def _cells() -> dict[str, Callable[..., dict[str, Any] | None]]:
    from benchmarks.herd import measure_herd
    from benchmarks.ours import first_fill
    from benchmarks.steady import measure_steady
    from benchmarks.wake import measure_wake

    return {
        "migrate": _migrate,
        "fill": _fill,
        "first_fill": first_fill,
        "steady": measure_steady,
        "wake": measure_wake,
        "herd": measure_herd,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = _cells()[sys.argv[1]](**json.loads(sys.argv[2]))
    sys.stdout.write(json.dumps(figures or {}) + "\n")
