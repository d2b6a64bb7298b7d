"""Whether a tick runs, waits or is skipped: the policies in the order in which they decide."""

from datetime import datetime
from typing import NamedTuple

from tasks_app.lifecycle.ticks import REASONS_TO_WAIT
from tasks_app.models.pause import WAITING_ENOUGH
from tasks_app.scheduling.due import Due
from tasks_app.scheduling.held import most_waiting
from tasks_app.scheduling.overlapping import reason_to_wait
from tasks_app.scheduling.situation import Situation
from tasks_app.states import Overlap, Reason

# What a tick beyond the cap says.
NO_ROOM = "As many runs waited as may: of its owner, or in all."


class Fate(NamedTuple):
    """Why a tick does not run at once, empty if it does; a sentence where that says too little."""

    reason: Reason | str
    error: str = ""


def fate_of(
    due: Due,
    at: datetime,
    earlier: int,
    situation: Situation,
    *,
    is_last: bool,
    is_held: bool,
) -> Fate:
    """What becomes of the tick at `at`; `earlier` ticks of the same timer run already."""
    if reason := _put_aside(due, at, earlier, situation):
        return Fate(reason)
    waiting = situation.waiting.get(due.schedule_id, 0)
    if is_held and waiting + earlier >= most_waiting(due):
        return Fate(Reason.MISSED, WAITING_ENOUGH)
    if due.overlap not in (None, Overlap.ALLOW):
        reason = reason_to_wait(due, earlier, is_last, situation)
    if reason in REASONS_TO_WAIT and not situation.admits(due.owner_id):
        return Fate(Reason.OVER_LIMIT, NO_ROOM)
    return Fate(reason)


def _put_aside(due: Due, at: datetime, earlier: int, situation: Situation) -> Reason | str:
    """By a person, or because it has run as often as it may."""
    if (due.schedule_id, at) in situation.skipped:
        return Reason.BY_PERSON
    limit = 1 if due.one_off else due.max_runs
    counted = earlier if due.one_off else due.run_count + earlier
    return Reason.MAX_RUNS if limit is not None and counted >= limit else ""
