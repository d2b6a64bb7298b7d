"""Keeps children running in one plain loop of the main thread, and ends them in order."""

import select
import time
from collections.abc import Callable

from tasks_app.management.supervisor.child import Child
from tasks_app.management.supervisor.console import Console
from tasks_app.management.supervisor.pid_file import PidFile
from tasks_app.management.supervisor.process import Process
from tasks_app.management.supervisor.program import Program, StopStep
from tasks_app.management.supervisor.stop_request import StopRequest

PASS = 0.2  # seconds at most until a signal or a death is noticed


class Supervisor:
    """Starts children in order of need and stops them in the reverse order."""

    def __init__(self, console: Console, stop_request: StopRequest, pid_file: PidFile) -> None:
        self._console = console
        self._stop_request = stop_request
        self._pid_file = pid_file
        self._children: list[Child] = []

    def start(self, program: Program) -> Child:
        child = Child(program, self._console)
        self._children.append(child)
        self._start(child)
        return child

    def _start(self, child: Child) -> None:
        child.start()
        self._pid_file.write(each.pid for each in self._children if each.process is not None)

    def run(self) -> None:
        """Keep the children running until somebody asks to stop."""
        while not self._stop_request.is_made:
            self.tend()

    def wait_until(self, is_so: Callable[[], bool], patience: float) -> bool:
        """Tend the children until `is_so` or `patience` seconds are over; raises StopRequested."""
        deadline = time.monotonic() + patience
        while not is_so():
            self._stop_request.obey()
            if time.monotonic() >= deadline:
                return False
            self.tend()
        return True

    def tend(self) -> None:
        """One pass: show what the children wrote, start again who died."""
        self._show_output()
        for child in self._children:
            if child.has_ended():
                child.restart_later()
            elif child.is_due():
                self._start(child)

    def _show_output(self) -> None:
        speaking = [child for child in self._children if child.is_speaking()]
        readable, _, _ = select.select(speaking, [], [], PASS)
        for child in readable:
            child.show_output()

    def stop(self) -> None:
        """End all, the last started first. A second signal skips every step but the last."""
        for child in reversed(self._children):
            if child.process is not None:
                self._end(child.process, child.program.stop_steps)
                child.bury()
                self._console.say(f"{child.name} stopped")
        self._children.clear()
        self._pid_file.remove()

    def _end(self, process: Process, steps: tuple[StopStep, ...]) -> None:
        for step in steps:
            process.send(step.signal)
            deadline = time.monotonic() + step.patience
            while time.monotonic() < deadline:
                if process.exit_code is not None:
                    return
                if self._stop_request.is_urgent and step is not steps[-1]:
                    break
                self._show_output()
