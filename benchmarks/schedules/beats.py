"""Beats as real processes: `celery beat` with one of the two schedulers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.schedules.contender import Contender
from tasks_app.tests.servers.process import ServerProcess

# Written after a tick that found nothing more to do: its schedule is loaded.
_READY = b"beat: Waking up"
# A stock beat loads a hundred thousand rows in ten seconds or more.
_PATIENCE = 180.0


@contextmanager
def running_beats(contender: Contender, count: int) -> Iterator[list[psutil.Process]]:
    """Run so many while the block lasts; each has made its first tick before the block begins."""
    with TemporaryDirectory(prefix="belfry-beats-") as name:
        beats = [_start(contender, Path(name) / str(number)) for number in range(count)]
        try:
            for beat in beats:
                beat.wait_until(partial(_is_ready, beat), seconds=_PATIENCE)
            yield [psutil.Process(beat.process.pid) for beat in beats]
        finally:
            for beat in beats:
                beat.process.terminate()
            for beat in beats:
                beat.stop()


def _is_ready(beat: ServerProcess) -> bool:
    return _READY in beat.log.read_bytes()


def _start(contender: Contender, folder: Path) -> ServerProcess:
    folder.mkdir()
    flags = ("--scheduler", contender.scheduler, "--loglevel", "debug")
    return ServerProcess(
        [sys.executable, "-m", "celery", "-A", contender.app, "beat", *flags],
        directory=folder,
        environment={"PYTHONPATH": str(Path(__file__).parents[2]), "LOG_LEVEL": "INFO"},
    )
