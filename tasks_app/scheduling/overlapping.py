"""What a tick does while another run of its task is under way."""

from tasks_app.scheduling.due import Due
from tasks_app.scheduling.situation import Situation
from tasks_app.states import Overlap, Reason

MOST_BUFFERED = 100


def reason_to_wait(due: Due, earlier: int, is_last: bool, situation: Situation) -> Reason | str:
    """Why this tick waits or is skipped; empty if nothing is in its way.

    `earlier` ticks of the same moment run already. A run that waits keeps its place in the line.
    """
    assert due.task_id
    is_occupied = due.task_id in situation.occupied
    buffered = situation.buffered.get(due.task_id, 0)
    if due.overlap == Overlap.CANCEL_OTHER:
        # Of several that come at once each would cancel the one before.
        return "" if is_last and not (is_occupied or buffered) else _after_cancelling(is_last)
    if not (is_occupied or buffered or earlier):
        return ""
    in_line = buffered + max(earlier - (0 if is_occupied or buffered else 1), 0)
    if due.overlap == Overlap.BUFFER_ONE and in_line < 1:
        return Reason.BUFFERED
    if due.overlap == Overlap.BUFFER_ALL:
        return Reason.BUFFERED if in_line < MOST_BUFFERED else Reason.OVER_LIMIT
    return Reason.OVERLAP


def _after_cancelling(is_last: bool) -> Reason:
    return Reason.BUFFERED if is_last else Reason.OVERLAP
