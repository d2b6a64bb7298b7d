"""A real `manage.py up` in a folder of its own, as a person would start it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import psutil

REPOSITORY = Path(__file__).resolve().parents[3]
# What the tests' own database and broker are called is not for a fresh folder.
NOT_INHERITED = ("DATABASE_URL", "CELERY_BROKER_URL", "REDIS_URL", "SECRET_KEY")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def eventually(is_so: Callable[[], object], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(is_so())


class Execution(NamedTuple):
    status: str
    attempt: int


class Folder:
    """A VAR_DIR, and the shells people open beside the one where `up` runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port = free_port()
        self._ups: list[Up] = []

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if name not in NOT_INHERITED}
        return kept | {"VAR_DIR": str(self.path), "BELFRY_IGNORE_DOTENV": "true"} | more

    def up(self, *flags: str, **more: str) -> "Up":
        self._ups.append(Up(self, flags, more))
        return self._ups[-1]

    def shell(self, *command: str) -> str:
        """Run a Python module as people do in another shell; answer its output."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=REPOSITORY,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.strip()

    def execution(self, execution_id: str) -> "Execution":
        """As it is in the database now."""
        question = "SELECT status, attempt FROM task_executions WHERE id = ?"
        with closing(sqlite3.connect(self.path / "belfry.sqlite3", timeout=20)) as database:
            row = database.execute(question, [execution_id.replace("-", "")]).fetchone()
        return Execution(*row)

    def clear(self) -> None:
        for up in self._ups:
            up.clear()


class Up:
    """One `manage.py up` and everything it started."""

    def __init__(self, folder: Folder, flags: tuple[str, ...], more: dict[str, str]) -> None:
        self._log = folder.path.with_name(f"{folder.path.name}-{time.monotonic_ns()}.log")
        command = [sys.executable, "manage.py", "up", "--api-port", str(folder.port), *flags]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--worker-concurrency", "1"],
                cwd=REPOSITORY,
                env=folder.environment(**more),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._family: set[psutil.Process] = set()

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def find(self, pattern: str) -> str:
        """What the pattern's group matched in the output."""
        match = re.search(pattern, self.said)
        assert match, self.said
        return match.group(1)

    def wait_until_ready(self) -> None:
        self.wait_until_it_says("Belfry is ready")

    def wait_until_it_says(self, text: str) -> None:
        eventually(lambda: text in self.said or self.process.poll() is not None, 60)
        assert text in self.said, self.said
        self._know_the_family()

    def child(self, words: str) -> psutil.Process:
        """The child whose command line holds these words."""
        self._know_the_family()
        children = psutil.Process(self.process.pid).children()
        return next(each for each in children if words in " ".join(each.cmdline()))

    def press_ctrl_c(self) -> None:
        self._know_the_family()
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self._know_the_family()
        self.process.kill()
        self.process.wait()

    def exit_code(self) -> int:
        """Once it has ended."""
        assert eventually(lambda: self.process.poll() is not None, 40), self.said
        return self.process.returncode

    def nothing_stays(self) -> bool:
        """Whether all that it ever started ends within 5 s."""
        return eventually(lambda: not any(map(_lives, self._family)), 5)

    def clear(self) -> None:
        """Leave nothing behind, whatever the test found."""
        if self.process.poll() is None:
            self.kill()
        for process in self._family:
            if _lives(process):
                process.kill()

    def _know_the_family(self) -> None:
        if self.process.poll() is None:
            self._family.update(psutil.Process(self.process.pid).children(recursive=True))


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
