"""A schedule that cannot be kept: its timer says why, and the others go on."""

import logging

from tasks_app.models import Timer
from tasks_app.models.timer import STALE

logger = logging.getLogger(__name__)


def set_aside(schedule_id: int, why: str) -> None:
    """Stop the timer with an error that people see; the next edit or start of beat tries again."""
    logger.warning("schedule=%s is set aside: %s", schedule_id, why)
    Timer.objects.filter(pk=schedule_id).update(next_fire_at=None, error=why[:1000])


def try_again() -> int:
    """Mark what is set aside as stale: new code may know a job that was missing."""
    return Timer.objects.set_aside().update(next_fire_at=STALE)
