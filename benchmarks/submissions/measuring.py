"""One measurement: a fresh server, warmed up, under load for some seconds, and all counted."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psutil
from django.conf import settings
from redis import Redis

from benchmarks.cell import ROOT
from benchmarks.machine import cpu_seconds, database_cpu_seconds
from benchmarks.submissions.contenders import Contender, contender
from benchmarks.submissions.orders import Order
from tasks_app.management.supervisor import ports
from tasks_app.tests.servers.process import ServerProcess

WARM_UP = 2.0


class Miscounted(RuntimeError):
    """What was accepted and what was written down or sent differ."""

    def __init__(self, accepted: int, rows: int | None, messages: int) -> None:
        super().__init__(f"{accepted} accepted, {rows} rows, {messages} messages.")


class Refused(RuntimeError):
    """An answer that is no success."""


class Used(NamedTuple):
    """Seconds of CPU so far."""

    server: float
    database: float
    broker: float


def measure(name: str, seconds: float) -> dict[str, Any]:
    """Accepted requests a second, latencies in ms, microseconds of CPU a request by part.

    Raises Refused where an answer was no success, and Miscounted.
    """
    one, broker = contender(name), Redis.from_url(settings.CELERY_BROKER_URL)
    # No worker takes the messages of the measurement before.
    broker.flushdb()
    orders, port = one.orders(), ports.any_free()
    with _running(one, port) as server:
        # Nobody is refused meanwhile: the port is open before the application is loaded.
        first = _load(port, orders, 0)["accepted"]
        first += _load(port, orders, WARM_UP, first)["accepted"]
        before = _used(server, broker)
        figures = _load(port, orders, seconds, first)
        after = _used(server, broker)
    accepted = first + figures["accepted"]
    rows = one.rows and one.rows()
    messages = sum(broker.llen(queue) for queue in broker.scan_iter(_type="list"))
    if messages != accepted or rows not in (None, accepted):
        raise Miscounted(accepted, rows, messages)
    return figures | {
        f"{part}_cpu_us": (late - early) / figures["accepted"] * 1e6
        for part, early, late in zip(Used._fields, before, after, strict=True)
    }


@contextmanager
def _running(one: Contender, port: int) -> Iterator[psutil.Process]:
    with TemporaryDirectory(prefix="belfry-submissions-") as folder:
        environment = {"PYTHONPATH": str(ROOT), **one.environment}
        server = ServerProcess(one.command(port), directory=Path(folder), environment=environment)
        try:
            server.wait_until(lambda: not ports.is_free(port))
            yield psutil.Process(server.process.pid)
        finally:
            server.stop()


def _load(port: int, orders: Sequence[Order], seconds: float, first: int = 0) -> dict[str, Any]:
    plan = {
        "port": port,
        "orders": [[piece.decode() for piece in order.pieces] for order in orders],
        "seconds": seconds,
        "first": first,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.submissions.load"],
        cwd=ROOT,
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    if figures["refused"]:
        raise Refused(f"{figures['refused']} answers, the first: {figures['first_refusal']}")
    return figures


def _used(server: psutil.Process, broker: Redis) -> Used:
    told: Any = broker.info("cpu")
    return Used(
        cpu_seconds([server, *server.children(recursive=True)]),
        database_cpu_seconds(),
        told["used_cpu_user"] + told["used_cpu_sys"],
    )
