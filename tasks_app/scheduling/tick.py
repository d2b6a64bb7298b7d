"""The tick: due timers become executions, in one transaction with how the timers go on."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from tasks_app import lifecycle
from tasks_app.broker import Doorbell
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.models.timer import poll_key
from tasks_app.scheduling.catch_up import ON_TIME
from tasks_app.scheduling.clearing import clear_the_way
from tasks_app.scheduling.deciding import Decision, decide
from tasks_app.scheduling.due import Due, claim_due
from tasks_app.scheduling.setting_aside import set_aside
from tasks_app.scheduling.situation import Situation, look
from tasks_app.scheduling.unique_ticks import take_places, without

logger = logging.getLogger(__name__)

BATCH = 1000
# After a downtime each timer may bring a hundred ticks and more.
BATCH_OF_LATE = 50
_ADVANCE = {
    "schedule_id": "integer",
    "following": "moment",
    "poll_key": "moment",
    "watermark": "moment",
    "runs": "integer",
}


class Fired(NamedTuple):
    """What one batch did: doorbells to ring now that it is committed, the schedules that ran and
    those that will not run again, how many timers it served, and by how many seconds the latest
    was late."""

    bells: list[Doorbell] = []
    schedules: list[int] = []
    ended: list[int] = []
    served: int = 0
    lag: float = 0.0

    def with_more(self, more: "Fired") -> "Fired":
        """Both together."""
        return Fired(
            [*self.bells, *more.bells],
            [*self.schedules, *more.schedules],
            [*self.ended, *more.ended],
            self.served + more.served,
            max(self.lag, more.lag),
        )


def fire_due(most: int = BATCH) -> Fired:
    """Fire at most so many due timers. Any number of processes may do so at once.

    A schedule that makes the database refuse the batch is found and set aside; the others fire.
    """
    try:
        return _fire(most)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if most > 1:
            return fire_due(most // 2)
        logger.warning("one schedule cannot be fired: %s", error)
        return _set_first_aside(str(error))


@transaction.atomic
def _fire(most: int) -> Fired:
    rows = claim_due(most)
    if not rows:
        return Fired()
    if rows[0].now - rows[0].planned_for > ON_TIME:
        rows = rows[:BATCH_OF_LATE]
    situation = look(rows)
    decisions = _decisions(rows, situation)
    clear_the_way(((each.due, each.ticks) for each in decisions), situation.held)
    if situation.keys:
        take_places((each.due, each.ticks) for each in decisions)
    ticks = [tick for decision in decisions for tick in decision.ticks]
    inserted, excluded = lifecycle.submit_ticks(ticks)
    if excluded:
        decisions = [each._replace(ticks=without(each.ticks, excluded)) for each in decisions]
    advance(decisions)
    bells = [bell for decision in decisions for bell in decision.bells() if bell.id in inserted]
    ran = [each.due.schedule_id for each in decisions if each.runs]
    ended = [each.due.schedule_id for each in decisions if each.runs and not each.next_fire_at]
    return Fired(bells, ran, ended, len(rows), _lag(decisions))


def _decisions(rows: Sequence[Due], situation: Situation) -> list[Decision]:
    """One that cannot be decided is set aside, and never stops the others."""
    decisions = []
    for row in rows:
        try:
            decisions.append(decide(row, situation))
        except Exception as error:  # whatever a plan stumbles over
            set_aside(row.schedule_id, repr(error))
    return decisions


def advance(decisions: Sequence[Decision]) -> None:
    """Move the timers on, in the transaction that holds their locks."""
    rows = [
        (
            each.due.schedule_id,
            each.next_fire_at,
            poll_key(each.next_fire_at),
            each.ticks[-1].scheduled_for if each.ticks else each.due.planned_for,
            each.runs,
        )
        for each in decisions
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE timers SET
                next_fire_at = moved.poll_key, planned_for = moved.following,
                watermark = moved.watermark, run_count = run_count + moved.runs
            FROM {json_rows(_ADVANCE, "moved")} WHERE timers.schedule_id = moved.schedule_id
            """,
            [as_json(rows)],
        )


def _lag(decisions: Sequence[Decision]) -> float:
    """Of what runs: a moment that nobody was to keep has no lag."""
    late = (
        each.due.now - tick.scheduled_for
        for each in decisions
        for tick in each.ticks[-1:]
        if tick.is_run
    )
    return max(late, default=timedelta()).total_seconds()


@transaction.atomic
def _set_first_aside(why: str) -> Fired:
    for row in claim_due(1):
        set_aside(row.schedule_id, why)
    return Fired(served=1)
