"""What sweeps in a beat process, and how long each thread of sweeps rests in between."""

from collections.abc import Callable

from tasks_app.maintenance import Holding, Reaper, Relay, WaitingCount, make_watch, ring_unsent
from tasks_app.runtime.sweeper import Sweeper
from tasks_app.scheduling.buffered import start_next_in_line
from tasks_app.scheduling.comparing import Comparing, repair_timers
from tasks_app.scheduling.disabling import disable_failing

# Seconds. A lease lasts many of them, a doorbell should ring within one.
PAUSE_OF_RELAY, PAUSE_OF_REAPER, PAUSE_OF_COUNT, PAUSE_OF_REPAIR = 1.0, 2.0, 2.0, 60.0
PAUSE_OF_WATCH, PAUSE_OF_LINES = 5.0, 0.25


def make_sweepers(
    name: str, alive: Callable[[], object], swept: Callable[[], object], *, sees_edits: bool
) -> list[Sweeper]:
    """The threads of the beat `name`. `alive` tells that it keeps the time, `swept` that the reaper
    looks.

    Sweeps of one thread wait for each other: what may hang has a thread of its own.
    """
    relay, holding = Relay(), Holding()
    sweepers = [
        # It may wait for a broker that hangs.
        Sweeper(
            PAUSE_OF_RELAY, relay.ring_again, ring_unsent, relay.ring_missing, holding.free_held
        ),
        # It must look on whatever hangs, or the gap in its watch would keep it from deciding.
        Sweeper(PAUSE_OF_REAPER, Reaper().reap, swept),
        Sweeper(PAUSE_OF_RELAY, alive, disable_failing, holding.hold_due),
        # A line moves no faster than this: a run in it waits for the one before and half a pause.
        Sweeper(PAUSE_OF_LINES, start_next_in_line),
        # A million rows take their time.
        Sweeper(PAUSE_OF_COUNT, WaitingCount().count),
        Sweeper(PAUSE_OF_REPAIR, repair_timers),
        # It asks the broker, which may hang.
        Sweeper(PAUSE_OF_WATCH, make_watch(name, PAUSE_OF_WATCH)),
    ]
    if not sees_edits:
        sweepers.append(Sweeper(PAUSE_OF_RELAY, Comparing().mark_slice))
    return sweepers
