"""How far a request to stop has come, from the columns of the run that it is about."""

from django.db.models import TextChoices

from tasks_app.models import TaskExecution
from tasks_app.states import FINAL, Reason


class CancelState(TextChoices):
    """In the order in which they come; the last two exclude each other."""

    REQUESTED = "requested", "It is asked to stop. Its worker has not heard of it yet."
    SEEN = "seen", "It is asked to stop. Its worker has heard of it."
    HONOURED = "honoured", "It was stopped as asked."
    TOO_LATE = "too_late", "It was asked to stop, and ended otherwise first."


def cancel_state(run: TaskExecution) -> CancelState | None:
    """None if nobody asked it to stop."""
    if run.cancel_requested_at is None or _only_set_by_hand(run):
        return None
    if run.status in FINAL:
        stopped = run.reason == Reason.CANCELLED
        return CancelState.HONOURED if stopped else CancelState.TOO_LATE
    return CancelState.SEEN if run.cancel_seen_at else CancelState.REQUESTED


def _only_set_by_hand(run: TaskExecution) -> bool:
    """Who sets an outcome asks the job to stop in the same moment; that is no cancel."""
    return run.reason == Reason.SET_BY_HAND and run.cancel_requested_at == run.finished_at
