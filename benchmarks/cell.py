"""One measurement in a process of its own, so that none pays for another.

`python -m benchmarks.cell MODULE:FUNCTION ARGUMENTS`: the module lies below `benchmarks`, the
arguments come as a JSON object, the figures go back as the last line of the output.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]


class Failed(RuntimeError):
    def __init__(self, name: str, told: str) -> None:
        super().__init__(f"{name} failed:\n{told[-1000:]}")


def run_cell(name: str, environment: Mapping[str, str], /, **arguments: Any) -> dict[str, Any]:
    """The figures of one cell, like `schedules.wake:measure_wake`.

    Raises Failed with what the process said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cell", name, json.dumps(arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(name, done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def migrate() -> None:
    """Make the tables of the template that all databases are copied from."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _cell(name: str) -> Callable[..., dict[str, Any] | None]:
    module, _, function = name.partition(":")
    cell: Callable[..., dict[str, Any] | None] = getattr(
        import_module(f"benchmarks.{module}"), function
    )
    return cell


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = _cell(sys.argv[1])(**json.loads(sys.argv[2]))
    sys.stdout.write(json.dumps(figures or {}) + "\n")
