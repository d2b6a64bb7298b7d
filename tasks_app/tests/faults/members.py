"""The processes of an installation: each can be killed, frozen and started again by itself."""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tasks_app.tests.faults.proxy import Link
from tasks_app.tests.servers.process import ServerProcess


class Member:
    """One program with its name, its folder and its own links to the servers.

    `kind` is worker, beat or web. It leads a process group of its own.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        database: Link | None,
        broker: Link,
    ) -> None:
        self.kind, self.name = kind, name
        self.folder = folder
        self.database, self.broker = database, broker
        self._command = command
        self._environment = environment
        self._process: ServerProcess | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, **environment: str) -> None:
        """Start it and do not wait; it ends with the thread that called this."""
        self._process = ServerProcess(
            self._command, directory=self.folder, environment={**self._environment, **environment}
        )

    @property
    def pid(self) -> int:
        """Of its main process."""
        assert self._process
        return self._process.process.pid

    @property
    def lives(self) -> bool:
        return bool(self._process) and self._process.process.poll() is None

    def children(self) -> list[int]:
        """Of its main process, while that lives."""
        with suppress(psutil.NoSuchProcess):
            return [child.pid for child in psutil.Process(self.pid).children(recursive=True)]
        return []

    def kill(self) -> list[int]:
        """SIGKILL the whole group; return the processes that died."""
        return self._end([self.pid, *self.children()], whole_group=True)

    def kill_main(self) -> list[int]:
        """SIGKILL the main process; its children find out by themselves."""
        return self._end([self.pid, *self.children()], whole_group=False)

    def _end(self, dying: list[int], *, whole_group: bool) -> list[int]:
        assert self._process
        if whole_group:
            self.send(signal.SIGKILL)
        self._process.stop(signal.SIGKILL)
        return dying

    def kill_child(self, pid: int) -> None:
        """SIGKILL one of its children."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP the whole group."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def send(self, how: signal.Signals) -> None:
        """To the whole group, if it is still there."""
        if self.lives:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, how)

    def ask(self, how: signal.Signals) -> None:
        """A signal to its main process, such as SIGTERM for a warm shutdown."""
        if self.lives:
            os.kill(self.pid, how)

    def stop(self) -> None:
        """End it for good, frozen or not."""
        if self._process:
            self.thaw()
            self.kill()

    def log(self) -> str:
        """What it said so far."""
        path = self.folder / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""
