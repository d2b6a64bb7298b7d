"""Each rule that is taken away is missed by a check; with all of them, no check finds anything."""

import os
import subprocess
import sys

import pytest

from tasks_app.tests.faults.checker import CHECKS
from tasks_app.tests.faults.mutants import LIVING, MUTANTS, OVERLAP, VARIABLE, Mutant
from tasks_app.tests.faults.rehearsal import Rehearsal
from tasks_app.tests.faults.targets import TARGETS

pytestmark = pytest.mark.django_db(transaction=True)
_ASK = """
import django
django.setup()
from tasks_app.tests.faults.celery_app import app
app.loader.import_default_modules()
from tasks_app.maintenance import reaper
print(reaper.is_watched())
"""


def _mutants() -> list[pytest.ParameterSet]:
    """SQLite lets no two beats look at the same time, so it needs no constraint against that."""
    return [
        pytest.param(mutant, marks=[pytest.mark.postgresql] if mutant.dropped else [], id=name)
        for name, mutant in MUTANTS.items()
    ]


def _found(name: str) -> dict[str, list[str]]:
    with Rehearsal().staged() as stage:
        TARGETS[name](stage)
    return stage.findings()


@pytest.mark.parametrize("name", MUTANTS)
def test_with_its_rule_no_check_finds_anything(name: str) -> None:
    assert not _found(name)


@pytest.mark.parametrize("mutant", _mutants())
def test_the_check_catches_the_mutant(mutant: Mutant) -> None:
    with mutant.worn():
        found = _found(mutant.name)

    assert set(found) >= set(mutant.found_by), found


def test_a_process_wears_the_mutant_that_it_is_told() -> None:
    told = {**os.environ, VARIABLE: "reaps-without-a-watch"}

    done = subprocess.run(
        [sys.executable, "-c", _ASK], env=told, check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "True"


def test_every_mutant_is_found_by_checks_that_exist() -> None:
    known = {check.code for check in CHECKS} | {LIVING, OVERLAP}
    assert all(set(mutant.found_by) <= known for mutant in MUTANTS.values())
    assert MUTANTS.keys() == TARGETS.keys()
