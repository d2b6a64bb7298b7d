"""docs/reliability.md tells of the checks, mutants and tests that there are."""

import re
from pathlib import Path

import pytest

from tasks_app.tests.faults.checker import CHECKS
from tasks_app.tests.faults.mutants import LIVING, MUTANTS, OVERLAP

TESTS = Path(__file__).resolve().parents[1]
PAGE = (TESTS.parents[1] / "docs" / "reliability.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    part = PAGE[PAGE.index(f"## {heading}\n") :]
    lines = re.search(r"^\| -.*\n((?:\|.*\n)+)", part, re.MULTILINE)
    assert lines
    return [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in lines[1].split("\n")
        if line
    ]


def test_every_check_is_told_in_its_order() -> None:
    codes = [row[0] for row in rows("How it is tried")]

    assert codes == [*(check.code for check in CHECKS), LIVING, OVERLAP]


def test_every_rule_that_is_taken_away_is_told_with_what_finds_it() -> None:
    told = [
        [f"`{mutant.name}`", mutant.without, ", ".join(mutant.found_by)]
        for mutant in MUTANTS.values()
    ]

    assert rows("Rules taken away") == told


@pytest.mark.parametrize(
    "path, name",
    re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE),
    ids=lambda word: word.rpartition("/")[2],
)
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert f"def {name}(" in (TESTS / path).read_text()


def test_every_scenario_is_named() -> None:
    scenarios = sorted((TESTS / "faults" / "scenarios").glob("test_*.py"))
    names = [
        name
        for file in scenarios
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)
    ]

    assert names
    assert [name for name in names if f"::{name}`" not in PAGE] == []
