"""Workers and webs whose clock is wrong: nothing that they tell may come from it."""

from functools import cache
from pathlib import Path

from tasks_app.tests.faults.hurting import Act, Done, Fault, Victim

_LIBRARY = "lib*/**/faketime/libfaketimeMT.so.1"
# How far off, as libfaketime takes it.
OFFSETS = ("+1h", "-1h", "+30d")
# Seconds.
LONG = (5.0, 15.0)


@cache
def find_library() -> Path | None:
    """libfaketime, where a distribution puts it."""
    return next(Path("/usr").glob(_LIBRARY), None)


def set_off(offset: str) -> dict[str, str]:
    """The environment of a process that is so far off.

    The monotonic clock is off by as much: left alone by libfaketime, Python cannot sleep by it.
    """
    return {"LD_PRELOAD": str(find_library()), "FAKETIME": offset}


def wrong_clock(kind: str) -> Act:
    """Start a process again with another idea of the time."""

    def act(victim: Victim) -> Done | None:
        member = victim.a_member(kind)
        if member is None:
            return None
        offset = victim.rng.choice(OFFSETS)
        dead = member.kill()
        member.start(**set_off(offset))

        def restart() -> None:
            member.kill()
            member.start()

        facts = {"dead": dead, "offset": offset}
        return Done((member.name,), victim.rng.uniform(*LONG), restart, facts)

    return act


FAULTS = (
    [
        Fault("wrong clock of a worker", 3, wrong_clock("worker")),
        Fault("wrong clock of the web", 1, wrong_clock("web")),
        Fault("wrong clock of a beat", 2, wrong_clock("beat")),
    ]
    if find_library()
    else []
)
