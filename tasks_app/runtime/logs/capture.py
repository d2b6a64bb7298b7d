"""What a run says becomes its log: lines of any logger, and what it prints."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from celery.exceptions import SoftTimeLimitExceeded

from tasks_app.runtime.logs.printed import listen_to_prints
from tasks_app.runtime.logs.printed_lines import PrintedLines
from tasks_app.runtime.logs.run_log import RunLog
from tasks_app.runtime.logs.this_run import ThisRun, this_run
from tasks_app.runtime.logs.writer import writer
from tasks_app.runtime.running import Running


class RunLogHandler(logging.Handler):
    """Gives each line to the run that logs it. It sits at the root: whoever propagates is heard."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take the line; of one that cannot be put together, what it was made of."""
        run = this_run.get()
        if run is None or run.log is None:
            return
        try:
            text = self.format(record)
        except SoftTimeLimitExceeded:  # it may strike anywhere, and is the job's
            raise
        except Exception as error:
            text = f"{record.msg!s} ({error!r} in this line)"
        run.log.add(record.created, record.levelname, record.name, text)


_handler = RunLogHandler()


@contextmanager
def captured(running: Running) -> Iterator[None]:
    """While the block runs, what this thread logs and prints is the log of `running`.

    Whatever happens to its lines is no error of the job.
    """
    run = _begin(running)
    token = this_run.set(run)
    try:
        yield
    finally:
        this_run.reset(token)
        if run.log and run.printed:
            with suppress(Exception):
                run.printed.end()
                writer.finish(run.log)


def _begin(running: Running) -> ThisRun:
    run = ThisRun(running.claim.id, running.execution.attempt)
    if not running.execution.keep_log:
        return run
    root = logging.getLogger()
    if _handler not in root.handlers:
        root.addHandler(_handler)
    listen_to_prints()
    log = RunLog(run.execution_id, run.attempt)
    writer.follow(log)
    return run._replace(log=log, printed=PrintedLines(log))
