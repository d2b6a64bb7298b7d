"""A child that dies with its parent, however the parent dies; run as a program, before the child.

On Linux the kernel kills it when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG),
so children are started from the main thread only. Elsewhere the pid file lets the next start
clean up.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def before(command: tuple[str, ...]) -> list[str]:
    """The command line that makes the arrangement and then becomes `command`."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def arrange_and_become(parent: int, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:  # else it died before the arrangement was made
        os.execvp(command[0], command)  # noqa: S606  (a list; no shell is wanted)


if __name__ == "__main__":
    arrange_and_become(int(sys.argv[1]), sys.argv[2:])
