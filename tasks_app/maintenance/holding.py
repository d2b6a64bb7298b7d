"""The holding sweep: what is due under a pause is set aside, and comes back in order after it."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tasks_app import broker, lifecycle
from tasks_app.models import Event, Pause, TaskExecution
from tasks_app.models.control import database_time
from tasks_app.models.execution_queries import TaskExecutionQuerySet
from tasks_app.models.pause import Held
from tasks_app.models.waiting_queues import overdue_queues
from tasks_app.states import Trigger

BATCH = 1000
# Seconds that one sweep works at most: a million rows are no reason to be away for long.
LONGEST = 0.5
# A row may be committed so much later than it says that it was due.
LATE = timedelta(seconds=60)
WHOLE_LOOK_EVERY = 60.0


class Walk:
    """Goes through rows in the order of `run_at`, the next time on from where it came to.

    It begins anew when what is held changes, and each minute: rows that somebody had locked were
    passed over.
    """

    def __init__(self) -> None:
        self._held = Held()
        self._come_to: dict[str, datetime] = {}
        self._anew_at = self._rests_at = 0.0

    def begin(self, held: Held) -> None:
        """The sweep begins, and looks for what changed since."""
        now = time.monotonic()
        self._rests_at = now + LONGEST
        if held != self._held or now >= self._anew_at:
            self._held, self._come_to, self._anew_at = held, {}, now + WHOLE_LOOK_EVERY

    def go(
        self, name: str, rows: TaskExecutionQuerySet, act: Callable[[Sequence[UUID]], int]
    ) -> int:
        """Act on batches of these rows until all or the time is used up; return the sum."""
        done = 0
        until = database_time()
        while time.monotonic() < self._rests_at:
            ahead: Any = rows.in_order_from(self._come_to.get(name))
            found = list(ahead.values_list("pk", "run_at")[:BATCH])
            done += act([pk for pk, _ in found])
            if len(found) < BATCH:
                self._come_to[name] = until - LATE
                break
            self._come_to[name] = found[-1][1]
        return done


class Holding:
    """Both directions; each remembers how far it came."""

    def __init__(self) -> None:
        self._to_hold, self._to_free = Walk(), Walk()

    def hold_due(self) -> int:
        """Set aside what is due under a pause, as much as there is time for; return how many."""
        if not (held := Pause.objects.in_force().held()):
            return 0
        runs = TaskExecution.objects
        self._to_hold.begin(held)
        return sum(
            self._to_hold.go(queue, runs.on_queue(queue).to_be_held(held), lifecycle.hold)
            for queue in overdue_queues(timedelta())
            if held.tasks or held.covers(queue, None)
        )

    def free_held(self) -> int:
        """Let what no pause holds any more start, as much as there is time for; return how many.

        Raises what the transport raises while the broker is away: then no row is touched.
        """
        end_expired()
        runs = TaskExecution.objects.paused()
        if not runs.exists():
            return 0
        held = Pause.objects.in_force().held()
        self._to_free.begin(held)
        broker.check()
        return self._to_free.go("", runs.not_covered_by(held), lifecycle.free)


@transaction.atomic
def end_expired() -> int:
    """Delete the pauses whose time is over, and note it; return how many."""
    over = list(Pause.objects.expired().select_for_update(skip_locked=True))
    Event.objects.bulk_create(
        Event(
            door=Trigger.SYSTEM,
            user_name="system",
            verb="resume",
            subject=subject,
            subject_id=subject_id,
            before=pause.told(),
            reason="The pause expired.",
        )
        for pause in over
        for subject, subject_id in pause.noted_on()
    )
    Pause.objects.filter(pk__in=[pause.pk for pause in over]).delete()
    return len(over)
