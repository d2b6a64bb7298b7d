"""One `up` per folder, by a lock the operating system drops with the process that holds it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks_app.management.supervisor.exceptions import AlreadyUp


@contextmanager
def only_up_in(folder: Path) -> Iterator[None]:
    """Hold the folder; raises AlreadyUp. Children do not inherit the lock."""
    with (folder / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyUp(folder, file.read().strip()) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
