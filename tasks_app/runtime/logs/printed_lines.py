"""What a run prints, as lines of its log."""

import time

from tasks_app.runtime.logs.run_log import LONGEST_LINE, RunLog

LEVELS = {"stdout": "INFO", "stderr": "WARNING"}


class PrintedLines:
    """Puts the parts that a run prints together to lines of its log."""

    def __init__(self, log: RunLog) -> None:
        self._log = log
        # By stream: what came after its last line break.
        self._rests = dict.fromkeys(LEVELS, "")

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
            self._log.add(time.time(), LEVELS[stream], stream, shown)

    def end(self) -> None:
        """What had no line break at its end is a line too."""
        for stream, rest in self._rests.items():
            if rest:
                self.add(stream, "\n")
