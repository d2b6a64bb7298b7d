"""Counts the runs that wait, so that every door knows whether there is room for more."""

import time
from collections.abc import Mapping

from django.conf import settings

from tasks_app.models.waiting import Waiting, count_waiting, keep_waiting, kept_waiting
from tasks_app.reporting.backlog import OLD, SHARE

# Seconds between two counts, as long as a count is quick.
PAUSE = 2.0


class WaitingCount:
    """One beat's part: several share the work, for each passes over what another has just done."""

    def __init__(self) -> None:
        self._pause = PAUSE

    def count(self) -> None:
        """Count and keep it, if the last count is old enough.

        Runs are counted up to one more than may wait, and owners kept who have a tenth of their
        cap: those with fewer are in nobody's way.
        """
        kept = kept_waiting()
        # The thread wakes each 2 s: what is nearly so old would be twice as old the next time.
        if kept and kept.age < self._pause * 0.9:
            return
        began = time.monotonic()
        waiting = count_waiting(settings.WAITING_RUNS_MAX + 1)
        took = time.monotonic() - began
        # Never so long that processes would take the count for forgotten and count themselves.
        self._pause = min(max(PAUSE, SHARE * took), OLD * 0.8)
        keep_waiting(Waiting(waiting.all, _many(waiting.owners)), took)


def _many(owners: Mapping[int, int]) -> dict[int, int]:
    least = settings.WAITING_RUNS_PER_OWNER_MAX / 10
    return {owner: count for owner, count in owners.items() if count >= least}
