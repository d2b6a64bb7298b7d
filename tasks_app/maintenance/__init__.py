"""Sweeps: they close every gap that a crash can leave. In batches, repeatable, safe at once."""

from tasks_app.maintenance.reaper import reap
from tasks_app.maintenance.relay import Relay, ring_unsent

__all__ = ["Relay", "reap", "ring_unsent"]
