"""What a run writes to its standard output and error goes to its log too."""

import logging
import sys
import threading
from collections.abc import Iterable
from typing import Any

from tasks_app.runtime.logs.printed_lines import LEVELS
from tasks_app.runtime.logs.this_run import this_run

# In a threads pool the first jobs of a process may come at once.
_placing = threading.Lock()
_OF_A_LOGGER = logging.StreamHandler.emit.__code__


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
        for name in LEVELS:
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, Overheard):
                setattr(sys, name, Overheard(stream, name))
