"""Children are kept running, and end in order."""

import os
import signal
import time
from types import SimpleNamespace

import pytest

from tasks_app.management.supervisor import supervisor as supervisor_module
from tasks_app.management.supervisor.back_off import BackOff
from tasks_app.management.supervisor.program import StopStep
from tasks_app.management.supervisor.stop_request import StopRequest, StopRequested
from tasks_app.tests.acceptance.toys import Toybox, child_ending_at, eventually, python

LONG = 60.0
TERM = StopStep(signal.SIGTERM, LONG)
WARM_THEN_COLD = (TERM, StopStep(signal.SIGQUIT, LONG))


@pytest.fixture
def toybox(tmp_path):
    """Nothing of it outlives the test."""
    box = Toybox(tmp_path)
    yield box
    box.press_ctrl_c()
    box.press_ctrl_c()
    box.supervisor.stop()


def start_and_hear(toybox: Toybox, *programs) -> None:
    for program in programs:
        toybox.supervisor.start(program)
        toybox.wait_for_line(f"{program.name:<7}| here")


def test_the_last_started_stops_first(toybox):
    start_and_hear(
        toybox,
        *(child_ending_at("SIGTERM", name=name, steps=(TERM,)) for name in ("broker", "web")),
    )

    toybox.supervisor.stop()

    assert toybox.lines[-4:] == [
        "web    | SIGTERM",
        "up     | web stopped",
        "broker | SIGTERM",
        "up     | broker stopped",
    ]


def test_a_child_that_does_not_end_in_time_gets_the_next_signal(toybox, monkeypatch):
    start_and_hear(toybox, child_ending_at("SIGQUIT", steps=WARM_THEN_COLD))

    def clock() -> float:
        """Its time is up once it has heard the first signal, however slow the machine is."""
        return time.monotonic() + LONG * ("toy    | SIGTERM" in toybox.lines)

    monkeypatch.setattr(supervisor_module, "time", SimpleNamespace(monotonic=clock))
    toybox.supervisor.stop()

    assert toybox.lines[-3:] == ["toy    | SIGTERM", "toy    | SIGQUIT", "up     | toy stopped"]


def test_a_child_that_ignores_every_signal_is_killed(toybox):
    child = child_ending_at(steps=(StopStep(signal.SIGTERM, 0.3),))
    start_and_hear(toybox, child)

    toybox.supervisor.stop()

    assert toybox.lines[-1] == "up     | toy stopped"


def test_a_second_ctrl_c_takes_the_rest_of_the_patience_away(toybox):
    start_and_hear(toybox, child_ending_at("SIGQUIT", steps=WARM_THEN_COLD))
    toybox.press_ctrl_c()
    toybox.press_ctrl_c()
    began = time.monotonic()

    toybox.supervisor.stop()

    assert toybox.lines[-2] == "toy    | SIGQUIT"
    assert time.monotonic() - began < LONG / 4


def test_a_child_that_dies_is_started_again_and_said_so(toybox):
    toybox.supervisor.start(python("print('once more'); exit(7)"))

    toybox.supervisor.wait_until(lambda: toybox.lines.count("toy    | once more") == 2, 10)

    assert toybox.lines[:3] == [
        "toy    | once more",
        "up     | toy died (exit code 7); it is started again in 1 s",
        "toy    | once more",
    ]


def test_the_last_words_of_a_child_are_shown(toybox):
    toybox.supervisor.start(python("print('no line end', end='', flush=True); exit(1)"))

    toybox.wait_for_line("up     | toy died (exit code 1); it is started again in 1 s")

    assert toybox.lines[0] == "toy    | no line end"


def test_nobody_is_started_again_while_all_are_stopping(toybox):
    start_and_hear(
        toybox,
        child_ending_at("SIGTERM", name="mortal", steps=(TERM,)),
        child_ending_at(name="patient", steps=(StopStep(signal.SIGTERM, 1.5),)),
    )
    mortal = toybox.supervisor._children[0]
    os.kill(mortal.pid, signal.SIGKILL)
    assert eventually(mortal.has_ended)

    toybox.supervisor.stop()

    assert toybox.lines.count("mortal | here") == 1


def test_waiting_ends_when_somebody_asks_to_stop(toybox):
    toybox.press_ctrl_c()

    with pytest.raises(StopRequested):
        toybox.supervisor.wait_until(lambda: False, LONG)


def test_waiting_in_vain_is_told(toybox):
    assert not toybox.supervisor.wait_until(lambda: False, 0.1)


def test_the_pid_file_goes_with_the_last_child(toybox, tmp_path):
    start_and_hear(toybox, child_ending_at("SIGTERM", steps=(TERM,)))
    assert (tmp_path / "up.pids").exists()

    toybox.supervisor.stop()

    assert not (tmp_path / "up.pids").exists()


def test_delays_double_up_to_half_a_minute_and_start_anew_after_a_steady_minute():
    back_off = BackOff()

    assert [back_off.delay(ran=0.1) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert back_off.delay(ran=61) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_to_ask_for_the_end_is_heard_once_and_twice(number):
    with StopRequest() as request:
        os.kill(os.getpid(), number)
        assert (request.is_made, request.is_urgent) == (True, False)
        os.kill(os.getpid(), number)
        assert request.is_urgent


def test_under_nohup_a_hang_up_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopRequest() as request:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not request.is_made
    finally:
        signal.signal(signal.SIGHUP, before)


def test_afterwards_ctrl_c_means_what_it_meant_before():
    before = signal.getsignal(signal.SIGINT)
    with StopRequest():
        pass
    assert signal.getsignal(signal.SIGINT) is before
