"""The load generator: `benchmarks.submissions.load`, one process, one thread, no framework.

It keeps one request under way on each of its connections. The plan comes as a JSON object on the
standard input, the figures go back as one on the standard output.
"""

import json
import resource
import select
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from benchmarks.submissions.answer import Answer, read_answer
from benchmarks.submissions.orders import Order

SUCCESSES = range(200, 300)
PATIENCE = 20.0


class Stalled(RuntimeError):
    """A server that answers nobody within the patience."""


@dataclass
class Tally:
    """What came back; latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    first_refusal: str = ""

    def count(self, answer: Answer, latency: float) -> None:
        if answer.status in SUCCESSES:
            self.latencies.append(latency)
            return
        self.refused += 1
        self.first_refusal = self.first_refusal or f"{answer.status} {answer.body[:300]!r}"

    def figures(self, seconds: float, cpu_seconds: float) -> dict[str, Any]:
        """Accepted requests, their rate, their latencies in ms, the generator's own CPU in us."""
        accepted = len(self.latencies)
        return {
            "accepted": accepted,
            "refused": self.refused,
            "first_refusal": self.first_refusal,
            "rate": accepted / seconds,
            "p50_ms": share_of(self.latencies, 0.5) * 1000,
            "p99_ms": share_of(self.latencies, 0.99) * 1000,
            "generator_cpu_us": cpu_seconds / (accepted or 1) * 1e6,
        }


def share_of(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * share) - 1]


class Connection:
    """A kept connection that sends the next request as soon as the last is answered."""

    def __init__(self, address: tuple[str, int], order: Order) -> None:
        self._socket = socket.create_connection(address, PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._order = order
        self._received = b""
        self._sent_at = 0.0

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, number: int) -> None:
        self._received = b""
        self._sent_at = time.perf_counter()
        self._socket.sendall(self._order.request(number))

    def receive(self) -> tuple[Answer, float] | None:
        """The answer with the seconds it took, once all of it is there."""
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionResetError("The server closed a connection that should be kept.")
        self._received += received
        answer = read_answer(self._received)
        return answer and (answer, time.perf_counter() - self._sent_at)

    def close(self) -> None:
        self._socket.close()


def run(address: tuple[str, int], orders: Sequence[Order], seconds: float, first: int) -> Tally:
    """Send for so many seconds, one connection per order, numbered from `first`; await the rest.

    Raises Stalled, and OSError where the server is gone.
    """
    tally, numbers = Tally(), iter(range(first, 10**8))
    connections = {each.fileno(): each for each in (Connection(address, o) for o in orders)}
    poll = select.poll()
    for number, connection in connections.items():
        poll.register(number, select.POLLIN)
        connection.send(next(numbers))
    until = time.perf_counter() + seconds
    under_way = len(connections)
    while under_way:
        ready = poll.poll(PATIENCE * 1000)
        if not ready:
            raise Stalled(f"No answer within {PATIENCE:g} s.")
        for number, _ in ready:
            if (done := connections[number].receive()) is None:
                continue
            tally.count(*done)
            if time.perf_counter() < until:
                connections[number].send(next(numbers))
            else:
                under_way -= 1
    for connection in connections.values():
        connection.close()
    return tally


def main() -> None:
    """Follow the plan of the standard input."""
    plan = json.load(sys.stdin)
    orders = [Order(tuple(piece.encode() for piece in pieces)) for pieces in plan["orders"]]
    began, cpu = time.perf_counter(), _cpu_seconds()
    tally = run(("127.0.0.1", plan["port"]), orders, plan["seconds"], plan["first"])
    figures = tally.figures(time.perf_counter() - began, _cpu_seconds() - cpu)
    sys.stdout.write(json.dumps(figures) + "\n")


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
