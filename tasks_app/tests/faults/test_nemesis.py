"""Whoever hurts does it by the dice, one subject at a time, and heals what it hurt."""

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from tasks_app.tests.faults.histories import History
from tasks_app.tests.faults.hurting import Done, Fault, Victim
from tasks_app.tests.faults.installation import Size
from tasks_app.tests.faults.nemesis import ALL, Nemesis, left_out


class Patient:
    """Stands for an installation, and only tells what became of it."""

    def __init__(self, database: str = "postgresql") -> None:
        self.size = Size(database)
        self.members: list[Any] = []
        self.told: list[str] = []

    def heal(self) -> None:
        self.told.append("whole")


def hurting(patient: Patient, name: str, subject: str = "") -> Fault:
    """A fault that tells when it was done and healed."""

    def act(victim: Victim) -> Done | None:
        if not victim.is_whole(subject):
            return None
        patient.told.append(name)
        healed = f"{name} healed"
        return Done((subject,), 60, lambda: patient.told.append(healed))

    return Fault(name, 1, act)


def a_nemesis(patient: Any, history: History, seed: int = 1, **more: Any) -> Nemesis:
    return Nemesis(patient, history, seed, **more)


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path / "faults.jsonl")
    yield history
    history.close()


def test_everything_that_was_hurt_is_healed_at_the_end(history):
    patient = Patient()
    nemesis = a_nemesis(patient, history, pace=0.01, faults=[hurting(patient, "cut", "arm")])

    nemesis.run(0.1)

    assert patient.told == ["cut", "cut healed", "whole"]


def test_nobody_is_hurt_twice_at_once(history):
    patient = Patient()
    nemesis = a_nemesis(patient, history)
    arm, again = hurting(patient, "cut", "arm"), hurting(patient, "burn", "arm")

    assert nemesis.strike(arm)
    assert not nemesis.strike(again)
    nemesis.heal()
    assert nemesis.strike(again)


def test_the_same_seed_draws_the_same_faults(history):
    def drawn(seed: int) -> list[str]:
        nemesis = a_nemesis(Patient(), history, seed)
        return [nemesis._draw().name for _ in range(20)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_what_ended_by_itself_is_started_again(history):
    class Ended:
        name, lives = "beat-0", False

        def start(self) -> None:
            self.lives = True

        def log(self) -> str:
            return "gave up"

    patient = Patient()
    patient.members = [Ended()]

    a_nemesis(patient, history, faults=[hurting(patient, "cut", "arm")]).run(0.01)

    assert patient.members[0].lives
    assert "gave up" in history.path.read_text()


def test_faults_of_a_server_are_left_out_where_there_is_none(history):
    needs_a_server = {fault.name for fault in ALL if fault.databases == ("postgresql",)}
    nemesis = a_nemesis(Patient("sqlite"), history)

    assert needs_a_server.isdisjoint(fault.name for fault in nemesis._faults)
    assert any("stop the database" in line for line in left_out("sqlite"))
    assert left_out("postgresql", lambda: None) == ["clock steps: libfaketime was not found"]


def test_a_member_is_chosen_among_those_that_nobody_hurts():
    members = [SimpleNamespace(name=name, lives=name != "w2") for name in ("w0", "w1", "w2")]
    installation: Any = SimpleNamespace(of_kind=lambda kind: members)
    victim = Victim(installation, Random(1), busy={"w0"})

    assert {victim.a_member("worker").name for _ in range(20)} == {"w1"}
    victim.busy.add("w1")
    assert victim.a_member("worker") is None
