"""A writer of logs that writes when the test says so, on the test's own connection."""

import time

from tasks_app.models import LogLine, TaskExecution
from tasks_app.runtime.logs.run_log import RunLog
from tasks_app.runtime.logs.writer import LogWriter


class HandWriter(LogWriter):
    """Without a thread."""

    def _ensure_thread(self) -> None:
        pass

    def finish(self, log: RunLog) -> None:
        """Write at once, as the thread does for a run that has ended."""
        self._ended[log] = time.monotonic()
        self.write_all()

    def follows(self, log: RunLog) -> bool:
        return log in self._logs


def stored(execution: TaskExecution) -> list[LogLine]:
    """The lines of a run."""
    return list(LogLine.objects.of_execution(execution.pk).in_order())


def texts(execution: TaskExecution) -> list[str]:
    return [line.text for line in stored(execution)]
