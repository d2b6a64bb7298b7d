"""One operating system process: started, read line by line, ended with all it started."""

import os
import signal
import subprocess
from contextlib import suppress
from typing import IO, cast

from tasks_app.management.supervisor import death_signal
from tasks_app.management.supervisor.program import Program

LONGEST_LINE = 16_384  # bytes; a longer one is shown in pieces


class Process:
    """A session of its own keeps Ctrl-C of the terminal away from it and names its group."""

    def __init__(self, program: Program) -> None:
        self._popen = subprocess.Popen(
            death_signal.before(program.command),
            env=os.environ | program.environment,
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._output = cast(IO[bytes], self._popen.stdout)
        self._unfinished = b""
        self.is_speaking = True
        os.set_blocking(self.fileno(), False)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._popen.poll()

    def fileno(self) -> int:
        """Of its output."""
        return self._output.fileno()

    def lines(self) -> list[str]:
        """The whole lines written since the last call."""
        return self._split(self._read())

    def last_lines(self) -> list[str]:
        """All that is left to read, also a line that was never finished."""
        lines = self._split(b"".join(iter(self._read, b"")))
        return [*lines, _text(self._unfinished)] if self._unfinished else lines

    def _read(self) -> bytes:
        """Empty where nothing is there yet, and for ever after the end."""
        try:
            written = os.read(self.fileno(), 65_536)
        except BlockingIOError:
            return b""
        self.is_speaking = bool(written)
        return written

    def _split(self, written: bytes) -> list[str]:
        *lines, self._unfinished = (self._unfinished + written).split(b"\n")
        if len(self._unfinished) > LONGEST_LINE:
            lines.append(self._unfinished)
            self._unfinished = b""
        return [_text(line) for line in lines]

    def send(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def kill_group(self) -> None:
        """Kill what is left of it and of everything it started."""
        # Nobody may be left; macOS says "not permitted" of a group of zombies.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def close(self) -> None:
        self._output.close()


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")
