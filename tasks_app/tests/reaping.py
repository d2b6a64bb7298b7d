"""A look of a reaper that has just begun."""

from uuid import UUID

from tasks_app.maintenance import Reaper


def reap() -> list[UUID]:
    """Decide what is lost, as a beat would that starts now; return the ids."""
    return Reaper().reap()
