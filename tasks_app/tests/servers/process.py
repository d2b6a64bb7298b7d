"""One server process: in a session of its own, stopped at the end, never left behind."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict


class ServerDidNotStart(RuntimeError):
    def __init__(self, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines()[-20:]
        super().__init__("The server did not start. It said:\n" + "\n".join(lines))


class ServerProcess:
    """A command that runs until `stop`, or until the process that started it dies.

    A terminal's Ctrl-C does not reach it: whoever uses the server stops it after its own end.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        directory: Path,
        user: pwd.struct_passwd | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = directory / "server.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_dying_with_its_parent(), *map(str, command)],
                cwd=directory,
                env={**os.environ, **(environment or {})},
                **as_user(user),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 30) -> None:
        """Return when `ready()` says so; raise ServerDidNotStart when it ended or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise ServerDidNotStart(self.log)
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send the signal and wait; what ignores it for ten seconds is killed."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def as_user(user: pwd.struct_passwd | None) -> Identity:
    """The arguments with which `subprocess` gives up root; none for the caller's own user."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _dying_with_its_parent() -> list[str]:
    """Linux only: elsewhere a test run that is killed itself leaves its servers behind."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
