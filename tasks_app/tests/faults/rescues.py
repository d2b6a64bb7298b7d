"""How soon the runs of killed processes were decided, from the kill on."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from tasks_app.tests.faults.evidence import Evidence, grouped
from tasks_app.tests.faults.histories import Line

# Whoever decides a lost run, and how many seconds after it was healed it decides as before: beats
# watch a whole lease again after a database was away.
_DECIDERS = {"database": 20.0, "links of beat": 20.0, "beat": 5.0}


class Rescue(NamedTuple):
    """`of_child`: only the child was killed, and its parent saw it."""

    seconds: float
    of_child: bool
    is_alone: bool


def rescues_of(evidence: Evidence) -> list[Rescue]:
    """One for each body that died with its process and whose attempt was then declared lost."""
    return list(_rescues(evidence))


def _rescues(evidence: Evidence) -> Iterator[Rescue]:
    lost = {
        (row["execution_id"], row["number"]): row["ended_at"].timestamp()
        for row in evidence.tables.tries
        if row["outcome"] == "lost"
    }
    begins = [line for lines in evidence.begins.values() for line in lines]
    by_process = grouped(sorted(begins, key=lambda line: float(line["at"])), "pid")
    turmoil = _turmoil(evidence.faults)
    for fault in evidence.faults:
        at = fault.get("struck_at", 0.0)
        for pid in fault.get("dead", []):
            decided = lost.get(_last_body(by_process.get(pid, []), at), 0.0)
            if decided > at:
                is_alone = not any(begin < decided and at < end for begin, end in turmoil)
                yield Rescue(decided - at, "member" in fault, is_alone)


def _last_body(begins: list[Line], at: float) -> Any:
    """The one that a process was at when it was killed, if it was at one."""
    count = bisect_right([line["at"] for line in begins], at)
    return (begins[count - 1]["execution"], begins[count - 1]["attempt"]) if count else None


def _turmoil(faults: list[Line]) -> list[tuple[float, float]]:
    """From when until when somebody was hurt who decides lost runs."""
    healed = {line["number"]: line["at"] for line in faults if line["what"] == "healed"}
    return [
        (line["struck_at"], healed.get(line["number"], math.inf) + aftermath)
        for line in faults
        if line["what"] == "fault"
        for decider, aftermath in _DECIDERS.items()
        if any(subject.startswith(decider) for subject in line["subjects"])
    ]
