"""Which process is this: a pool's child may be killed, the main process may not."""

import os
import signal
from typing import NoReturn

from celery.signals import worker_init
from django.db import DEFAULT_DB_ALIAS, connections


class _Main:
    pid = 0


@worker_init.connect
def _remember_main(**_: object) -> None:
    _Main.pid = os.getpid()
    # A broken connection is replaced when a statement fails; asking before each would double them.
    connections.settings[DEFAULT_DB_ALIAS]["CONN_HEALTH_CHECKS"] = False


def is_main() -> bool:
    """True in the main process of a worker, which must not keep a connection: it forks."""
    return _Main.pid == os.getpid()


def is_pool_child() -> bool:
    """True in a child of a prefork pool, where one process runs one job."""
    return _Main.pid not in (0, os.getpid())


def end_myself() -> NoReturn:
    """Stop at once, also in the middle of C code. The main process sees a lost child."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL returned")


def ended_by_signal(left: SystemExit) -> bool:
    """Whether billiard's handler of SIGTERM or SIGQUIT made this exit, not the job.

    It exits with -(256 - signal). Then the main process decided, and the child has no word.
    """
    return isinstance(left.code, int) and 0 < left.code + 256 <= signal.NSIG
