"""Which ports can be listened on."""

import os
import socket

from tasks_app.management.supervisor.exceptions import PortBusy


def refuse_unusable(host: str, port: int) -> None:
    """Raises PortBusy, also for a host that is not ours and a port that needs privileges."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as attempt:
            # As the web server does: what a stopped one left in TIME_WAIT is no obstacle.
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind(address)
    except socket.gaierror as error:
        raise PortBusy(host, port, str(error.strerror)) from error
    except OSError as error:
        raise PortBusy(host, port, os.strerror(error.errno or 0)) from error


def is_free(port: int) -> bool:
    """On the loopback address."""
    try:
        refuse_unusable("127.0.0.1", port)
    except PortBusy:
        return False
    return True


def any_free() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])
