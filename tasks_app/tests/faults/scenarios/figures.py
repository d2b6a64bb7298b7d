"""What a scenario measured: printed, and kept where the environment says."""

import json
import os
from pathlib import Path

VARIABLE = "FAULTS_FIGURES"


def record(scenario: str, **figures: float | str | None) -> None:
    """Tell the figures of a scenario; those of a file by that name there are replaced."""
    rounded = {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in figures.items()
    }
    print(f"{scenario}: " + ", ".join(f"{name} {value}" for name, value in rounded.items()))
    if path := os.environ.get(VARIABLE):
        _keep(Path(path), scenario, rounded)


def _keep(path: Path, scenario: str, figures: dict[str, float | str | None]) -> None:
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, scenario: figures}, indent=2, sort_keys=True) + "\n")
