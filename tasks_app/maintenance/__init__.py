"""Sweeps: they close every gap that a crash can leave. In batches, repeatable, safe at once."""

from tasks_app.maintenance.counting import WaitingCount
from tasks_app.maintenance.holding import Holding
from tasks_app.maintenance.reaper import Reaper
from tasks_app.maintenance.relay import Relay, ring_unsent
from tasks_app.maintenance.watching import WatchOverBeats, make_watch

__all__ = [
    "Holding",
    "Reaper",
    "Relay",
    "WaitingCount",
    "WatchOverBeats",
    "make_watch",
    "ring_unsent",
]
