"""What the tests of `manage.py up` share: toy children, and a supervisor that writes to memory."""

import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import psutil

from tasks_app.management.supervisor.console import Console
from tasks_app.management.supervisor.pid_file import PidFile
from tasks_app.management.supervisor.program import Program, StopStep
from tasks_app.management.supervisor.stop_request import StopRequest
from tasks_app.management.supervisor.supervisor import Supervisor

# Says each signal it is sent, and ends at those it is told to.
CHILD = """
import os, signal, sys, time
def say(word):
    # print() may be cut by a signal whose handler prints too, which Python refuses.
    os.write(1, word.encode() + b"\\n")
def heard(number, frame):
    say(signal.Signals(number).name)
    if number in ends_at:
        # Another signal may be waiting, which nobody is to hear of any more.
        os._exit(0)
ends_at = [signal.Signals[name] for name in sys.argv[1:]]
for number in (signal.SIGTERM, signal.SIGQUIT):
    signal.signal(number, heard)
say("here")
while True:
    time.sleep(0.05)
"""


def python(code: str, *arguments: str, name: str = "toy", **fields) -> Program:
    """A program that runs this code."""
    return Program(name, (sys.executable, "-c", code, *arguments), **fields)


def child_ending_at(*signals: str, name: str = "toy", steps: tuple[StopStep, ...]) -> Program:
    return python(CHILD, *signals, name=name, stop_steps=steps)


class Toybox:
    """A supervisor, what it said so far, and the button that people press."""

    def __init__(self, folder: Path) -> None:
        self.stop_request = StopRequest()
        self.pid_file = PidFile(folder / "up.pids")
        self._written = StringIO()
        console = Console(self._written, in_colour=False)
        self.supervisor = Supervisor(console, self.stop_request, self.pid_file)

    @property
    def lines(self) -> list[str]:
        return self._written.getvalue().splitlines()

    def wait_for_line(self, line: str) -> None:
        assert self.supervisor.wait_until(lambda: line in self.lines, 10), self.lines

    def press_ctrl_c(self) -> None:
        self.stop_request._note()


def lives(pid: int) -> bool:
    """A process that only waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(is_so: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()
