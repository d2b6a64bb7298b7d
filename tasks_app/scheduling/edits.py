"""Edited schedules: their timers are set anew, and what was owed until the edit is settled."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from tasks_app import lifecycle
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.models.timer import poll_key
from tasks_app.scheduling.agreement import agree, differing
from tasks_app.scheduling.clearing import clear_the_way
from tasks_app.scheduling.setting import Setting, set_anew
from tasks_app.scheduling.setting_aside import set_aside
from tasks_app.scheduling.situation import Situation, look
from tasks_app.scheduling.stale import Stale, claim_stale
from tasks_app.scheduling.tick import Fired
from tasks_app.scheduling.unique_ticks import take_places, without
from tasks_app.scheduling.write_back import write_back

BATCH = 500
_SET = {
    "schedule_id": "integer",
    "following": "moment",
    "poll_key": "moment",
    "watermark": "moment",
    "anchor": "moment",
    "spec": "text",
    "runs": "integer",
    "error": "text",
}


def take_edits(most: int = BATCH) -> Fired:
    """Set at most so many stale timers anew; return the doorbells of ticks that were owed.

    A task and the row of its schedule that do not say the same are brought together while no
    timer is locked, and theirs are set then; those that somebody edits right now are left.
    """
    left: set[int] = set()
    seen: set[int] = set()
    fired, apart = _take_what_can_be(most, left)
    while apart:
        left |= {pk for pk, task_id in apart.items() if pk in seen or not agree(task_id)}
        seen |= apart.keys()
        more, apart = _take_what_can_be(most, left)
        fired = fired.with_more(more)
    return fired


def _take_what_can_be(most: int, left: Collection[int]) -> tuple[Fired, dict[int, UUID]]:
    """What makes the database refuse a batch is found and set aside, as `fire_due` does."""
    try:
        return _take_some(most, left)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if most > 1:
            return _take_what_can_be(most // 2, left)
        return _set_first_aside(str(error), left), {}


@transaction.atomic
def _take_some(most: int, left: Collection[int]) -> tuple[Fired, dict[int, UUID]]:
    rows = claim_stale(most, left=left)
    apart = differing([row.due.schedule_id for row in rows if row.due.task_id])
    return _set([row for row in rows if row.due.schedule_id not in apart]), apart


@transaction.atomic
def _set_first_aside(why: str, left: Collection[int]) -> Fired:
    for row in claim_stale(1, left=left):
        set_aside(row.due.schedule_id, why)
    return Fired(served=1)


def take_own_edit(schedule_id: int) -> None:
    """Set the timer of a schedule that the caller's transaction has just edited.

    So its next moment is known at once, whether a beat lives or not. Where somebody else's edit of
    the row waits to be taken over, beat does both.
    """
    if not differing([schedule_id]):
        settle(schedule_id)


def settle(schedule_id: int) -> None:
    """Set one timer anew in the caller's transaction, whatever its task says.

    What was owed is rung for when the transaction commits.
    """
    fired = _set(claim_stale(1, only=schedule_id))
    if fired.schedules:
        transaction.on_commit(lambda: _follow(fired), robust=True)


def _follow(fired: Fired) -> None:
    """What beat's own thread does after a tick."""
    lifecycle.ring_bells(fired.bells)
    write_back(fired.schedules, fired.ended)


def _set(rows: Sequence[Stale]) -> Fired:
    if not rows:
        return Fired()
    situation = _situation(rows)
    settings = _settings(rows, situation)
    clear_the_way(((each.row.due, each.ticks) for each in settings), situation.held)
    take_places((each.row.due, each.ticks) for each in settings)
    inserted, excluded = lifecycle.submit_ticks([tick for each in settings for tick in each.ticks])
    settings = [each._replace(ticks=without(each.ticks, excluded)) for each in settings]
    _write(settings)
    bells = [bell for each in settings for bell in each.bells() if bell.id in inserted]
    ran = [each for each in settings if each.runs]
    ended = [each.row.due.schedule_id for each in ran if not each.next_fire_at]
    return Fired(bells, [each.row.due.schedule_id for each in ran], ended, len(rows))


def _situation(rows: Sequence[Stale]) -> Situation:
    owing = [row.due for row in rows if row.due.planned_for and row.due.planned_for <= row.due.now]
    return look(owing) if owing else Situation()


def _settings(rows: Sequence[Stale], situation: Situation) -> list[Setting]:
    settings = []
    for row in rows:
        try:
            settings.append(set_anew(row, situation))
        except Exception as error:  # one schedule never stops the others
            set_aside(row.due.schedule_id, repr(error))
    return settings


def _write(settings: Sequence[Setting]) -> None:
    rows = [
        (
            each.row.due.schedule_id,
            each.next_fire_at,
            poll_key(each.next_fire_at),
            each.watermark,
            each.anchor,
            each.spec,
            each.runs,
            each.error,
        )
        for each in settings
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE timers SET
                next_fire_at = new.poll_key, planned_for = new.following,
                watermark = new.watermark, anchor = new.anchor, spec = new.spec,
                error = new.error, run_count = run_count + new.runs,
                edited_from = NULL, edited_until = NULL, interrupted = false
            FROM {json_rows(_SET, "new")} WHERE timers.schedule_id = new.schedule_id
            """,
            [as_json(rows)],
        )
