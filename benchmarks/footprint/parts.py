"""Which process belongs to which part of `up`, and what each part takes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psutil

from benchmarks.machine import cpu_seconds

# A word of the command line that only this part's has.
SIGNS = {"web": "gunicorn", "worker": "worker", "beat": "beat", "broker": "valkey-server"}
SUPERVISOR = "supervisor"

Parts = Mapping[str, Sequence[psutil.Process]]


class Taken(NamedTuple):
    """MiB of memory, shared pages by their share, and seconds of CPU so far."""

    memory: float
    cpu: float


class Unknown(LookupError):
    """A child of `up` that no part knows."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(f"No part of `up` runs this: {' '.join(command)}")


def parts_of(up: psutil.Process) -> dict[str, list[psutil.Process]]:
    """All processes of `up` by part; a part is a child with all its descendants."""
    parts = {SUPERVISOR: [up]}
    for child in up.children():
        parts[part_of(child.cmdline())] = [child, *child.children(recursive=True)]
    return parts


def part_of(command: Sequence[str]) -> str:
    """The part that is started with this command line. Raises Unknown."""
    # A server that says what it does writes all its words as one.
    words = {word.rpartition("/")[2] for word in " ".join(command).split()}
    for part, sign in SIGNS.items():
        if sign in words:
            return part
    raise Unknown(command)


def taken(parts: Parts) -> dict[str, Taken]:
    """What each part takes. Linux only: no other system tells a page's share."""
    return {part: Taken(_memory(each), cpu_seconds(each)) for part, each in parts.items()}


def _memory(processes: Sequence[psutil.Process]) -> float:
    return sum(process.memory_full_info().pss for process in processes) / 2**20
