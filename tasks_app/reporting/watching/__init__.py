"""What is wrong with the machinery itself: read only; `maintenance` keeps it as alarms."""

from tasks_app.reporting.watching.beats import beatless, late_ticks, silent_beats
from tasks_app.reporting.watching.broker import broker_away
from tasks_app.reporting.watching.caps import near_caps
from tasks_app.reporting.watching.queues import (
    not_held,
    overdue,
    quiet_queues,
    unserved_queues,
    untaken_queues,
)
from tasks_app.reporting.watching.troubles import Trouble, Troubles
from tasks_app.reporting.watching.workers import silent_workers

__all__ = [
    "Trouble",
    "Troubles",
    "beatless",
    "broker_away",
    "late_ticks",
    "near_caps",
    "not_held",
    "overdue",
    "quiet_queues",
    "silent_beats",
    "silent_workers",
    "unserved_queues",
    "untaken_queues",
]
