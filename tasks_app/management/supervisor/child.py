"""A program that is kept running: its process now, and when to start the next one."""

import time

from tasks_app.management.supervisor.back_off import BackOff
from tasks_app.management.supervisor.console import Console
from tasks_app.management.supervisor.process import Process
from tasks_app.management.supervisor.program import Program


class Child:
    def __init__(self, program: Program, console: Console) -> None:
        self.program = program
        self.process: Process | None = None
        self._console = console
        self._back_off = BackOff()
        self._started_at = 0.0
        self._restart_at = 0.0

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int:
        """0 while it is not running."""
        return self.process.pid if self.process is not None else 0

    def start(self) -> None:
        self.process = Process(self.program)
        self._started_at = time.monotonic()

    def has_ended(self) -> bool:
        return self.process is not None and self.process.exit_code is not None

    def is_due(self) -> bool:
        return self.process is None and time.monotonic() >= self._restart_at

    def is_speaking(self) -> bool:
        return self.process is not None and self.process.is_speaking

    def fileno(self) -> int:
        """Of its output, so that `select` takes the child itself."""
        return self.process.fileno() if self.process is not None else -1

    def show_output(self) -> None:
        if self.process is not None:
            self._show(self.process.lines())

    def bury(self) -> int | None:
        """Show its last words, end what it left behind, forget it; answer its exit code."""
        process, self.process = self.process, None
        if process is None:
            return None
        process.kill_group()
        self._show(process.last_lines())
        process.close()
        return process.exit_code

    def _show(self, lines: list[str]) -> None:
        for line in lines:
            self._console.line(self.name, line)

    def restart_later(self) -> None:
        exit_code = self.bury()
        delay = self._back_off.delay(ran=time.monotonic() - self._started_at)
        self._restart_at = time.monotonic() + delay
        how = f"signal {-exit_code}" if exit_code and exit_code < 0 else f"exit code {exit_code}"
        self._console.say(f"{self.name} died ({how}); it is started again in {delay:.0f} s")
