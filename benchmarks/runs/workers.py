"""One worker of two children as a real process: `celery -A app worker -c 2`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.cell import ROOT
from benchmarks.machine import cpu_seconds
from benchmarks.runs.contenders import Contender
from tasks_app.tests.servers.process import ServerProcess

CHILDREN = 2


class Worker:
    """The main process and its children."""

    def __init__(self, pid: int) -> None:
        self._parent = psutil.Process(pid)

    def cpu_seconds(self) -> tuple[float, float]:
        """What the main process and what its children have used so far."""
        return cpu_seconds([self._parent]), cpu_seconds(self._parent.children(recursive=True))


@contextmanager
def running_worker(contender: Contender) -> Iterator[Worker]:
    """Run a worker while the block lasts. It may still be starting when the block begins."""
    flags = ("--concurrency", str(CHILDREN), "--loglevel", "WARNING")
    with TemporaryDirectory(prefix="belfry-worker-") as folder:
        process = ServerProcess(
            [sys.executable, "-m", "celery", "-A", contender.app, "worker", *flags],
            directory=Path(folder),
            environment={"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": contender.settings},
        )
        try:
            yield Worker(process.process.pid)
        finally:
            process.stop()
