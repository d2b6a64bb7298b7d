"""The documents are true: what they list is what the code has."""

import inspect
import re
from pathlib import Path

import pytest

from tasks_app import lifecycle
from tasks_app.models import TaskExecution
from tasks_app.states import LEADS_TO

ROOT = Path(__file__).resolve().parents[3]
LIFECYCLE = (ROOT / "docs" / "lifecycle.md").read_text()


def test_every_verb_of_the_lifecycle_is_explained_and_no_other() -> None:
    verbs = {name for name in lifecycle.__all__ if inspect.isfunction(getattr(lifecycle, name))}

    rows = set(re.findall(r"^\| `(\w+)` \|", LIFECYCLE, re.MULTILINE))
    rows -= {constraint.name for constraint in TaskExecution._meta.constraints}
    others = LIFECYCLE[LIFECYCLE.index("Not moves:") : LIFECYCLE.index("## What follows")]

    assert rows | set(re.findall(r"`(\w+)`", others)) == verbs


def test_the_diagram_has_every_move_of_the_table_and_no_other() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+):", LIFECYCLE, re.MULTILINE))

    # Only a schedule's policy skips, and that needs no row before.
    table = {(source.value, target.value) for source, to in LEADS_TO.items() for target in to}
    assert drawn == table - {("pending", "skipped")}


@pytest.mark.parametrize("constraint", [c.name for c in TaskExecution._meta.constraints])
def test_every_constraint_of_an_execution_is_explained(constraint: str) -> None:
    assert f"| `{constraint}` |" in LIFECYCLE
