"""Verbs on an execution: one function per edge of the table of moves. Nothing else writes `status`.

The guard is part of each UPDATE, and the rows it returns say who won.
"""

from tasks_app.lifecycle.again import give_back, retry, unclaim
from tasks_app.lifecycle.cancel import Canceller, cancel, settle
from tasks_app.lifecycle.checkpoint import save_checkpoint
from tasks_app.lifecycle.claim import Claim, claim, expire
from tasks_app.lifecycle.failing import Failing
from tasks_app.lifecycle.following import set_aside
from tasks_app.lifecycle.hold import free, hold
from tasks_app.lifecycle.lease import Report, note_progress, renew, report_progress
from tasks_app.lifecycle.loss import LIMIT_OF_WORKER_DEATHS, lose, reap, refuse
from tasks_app.lifecycle.outcome import fail, forget, revoke, succeed, succeed_and_pass_on
from tasks_app.lifecycle.release import release
from tasks_app.lifecycle.ring import mark_sent, mark_unsent, ring, ring_bells
from tasks_app.lifecycle.submit import adopt, submit
from tasks_app.lifecycle.supersede import free_period, supersede
from tasks_app.lifecycle.ticks import Submitted, Tick, submit_ticks

__all__ = [
    "LIMIT_OF_WORKER_DEATHS",
    "Canceller",
    "Claim",
    "Failing",
    "Report",
    "Submitted",
    "Tick",
    "adopt",
    "cancel",
    "claim",
    "expire",
    "fail",
    "forget",
    "free",
    "free_period",
    "give_back",
    "hold",
    "lose",
    "mark_sent",
    "mark_unsent",
    "note_progress",
    "reap",
    "refuse",
    "release",
    "renew",
    "report_progress",
    "retry",
    "revoke",
    "ring",
    "ring_bells",
    "save_checkpoint",
    "set_aside",
    "settle",
    "submit",
    "submit_ticks",
    "succeed",
    "succeed_and_pass_on",
    "supersede",
    "unclaim",
]
