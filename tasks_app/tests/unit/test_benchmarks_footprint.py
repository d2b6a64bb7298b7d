"""The benchmark of what `up` takes: whose process is whose, and the arithmetic."""

import pytest

from benchmarks.footprint.page import shares
from benchmarks.footprint.parts import Taken, Unknown, part_of
from tasks_app.management.supervisor import death_signal, programs
from tasks_app.management.supervisor.options import Options


@pytest.mark.parametrize("part", ["web", "worker", "beat"])
def test_a_child_of_up_belongs_to_the_part_that_started_it(part):
    program = getattr(programs, part)(Options(), {})

    assert part_of(program.command) == part_of(death_signal.before(program.command)) == part


def test_the_broker_is_known_by_what_it_makes_of_its_command_line():
    assert part_of(["/somewhere/bin/valkey-server 127.0.0.1:6379       "]) == "broker"


def test_a_process_that_no_part_starts_is_not_left_out_silently():
    with pytest.raises(Unknown, match="sleep 5"):
        part_of(["sleep", "5"])


def test_idle_cpu_is_what_was_used_meanwhile_and_memory_what_is_held_at_the_end():
    before = {"web": Taken(90.0, 10.0), "beat": Taken(80.0, 2.0)}
    after = {"web": Taken(100.0, 10.2), "beat": Taken(85.0, 2.6)}

    figures = shares(before, after, seconds=40)

    assert figures["web"] == pytest.approx({"memory_mb": 100, "idle_cpu_percent": 0.5})
    assert figures["beat"] == pytest.approx({"memory_mb": 85, "idle_cpu_percent": 1.5})
    assert figures["all"] == pytest.approx({"memory_mb": 185, "idle_cpu_percent": 2})
