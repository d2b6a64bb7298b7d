"""What a run writes to its standard output and error goes to its log too."""

import logging
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from tasks_app.runtime.run_log import LONGEST_LINE, RunLog
from tasks_app.runtime.this_run import this_run

_LEVELS = {"stdout": "INFO", "stderr": "WARNING"}
# In a threads pool the first jobs of a process may come at once.
_placing = threading.Lock()
_OF_A_LOGGER = logging.StreamHandler.emit.__code__


class PrintedLines:
    """Puts the parts that a run prints together to lines of its log."""

    def __init__(self, log: RunLog) -> None:
        self._log = log
        # By stream: what came after its last line break.
        self._rests = dict.fromkeys(_LEVELS, "")

    def add(self, stream: str, text: str) -> None:
        """Take what was written. Of a line that is written over, as by progress bars (`\\r`), the
        last state stays."""
        *lines, rest = (self._rests[stream] + text).split("\n")
        rest = rest[rest.rfind("\r", 0, -1) + 1 :]
        if len(rest) > LONGEST_LINE:
            lines, rest = [*lines, rest], ""
        self._rests[stream] = rest
        for line in lines:
            shown = line.rstrip("\r").rpartition("\r")[2]
            self._log.add(time.time(), _LEVELS[stream], stream, shown)

    def end(self) -> None:
        """What had no line break at its end is a line too."""
        for stream, rest in self._rests.items():
            if rest:
                self.add(stream, "\n")


class Overheard:
    """A stream as it was; what a run writes to it is noted first."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream = stream
        self._name = name

    def write(self, text: str) -> Any:
        """Write. What a logger's handler writes was heard before."""
        run = this_run.get()
        if run and run.printed and sys._getframe(1).f_code is not _OF_A_LOGGER:
            run.printed.add(self._name, str(text))
        return self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def listen_to_prints() -> None:
    """Stand before the streams that the process has now; others may have changed them."""
    with _placing:
        for name in _LEVELS:
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, Overheard):
                setattr(sys, name, Overheard(stream, name))
