"""Edited schedules: their timers are set anew, and what was owed until the edit is settled."""

from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from tasks_app import lifecycle
from tasks_app.models import Timer
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.scheduling.agreement import agree
from tasks_app.scheduling.setting import Setting, set_anew
from tasks_app.scheduling.setting_aside import set_aside
from tasks_app.scheduling.situation import Situation, look
from tasks_app.scheduling.stale import Stale, claim_stale
from tasks_app.scheduling.tick import Fired

BATCH = 500
_SET = {
    "schedule_id": "integer",
    "following": "moment",
    "watermark": "moment",
    "anchor": "moment",
    "spec": "text",
    "runs": "integer",
    "error": "text",
}


def take_edits(most: int = BATCH) -> Fired:
    """Set at most so many stale timers anew; return the doorbells of ticks that were owed.

    Tasks and the rows of their schedules are brought together before, while no timer is locked:
    whoever edits a schedule locks its row before the trigger locks the timer.
    """
    linked = list(Timer.objects.stale().of_tasks().values_list("pk", flat=True)[:most])
    being_edited = set(agree(linked)) if linked else set()
    return _take_what_can_be(most, being_edited)


def _take_what_can_be(most: int, left: set[int]) -> Fired:
    """As `fire_due` does: what makes the database refuse the batch is found and set aside."""
    try:
        return _take_edits(most, left)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if most > 1:
            return _take_what_can_be(most // 2, left)
        return _set_first_aside(str(error))


@transaction.atomic
def _set_first_aside(why: str) -> Fired:
    for row in claim_stale(1):
        set_aside(row.due.schedule_id, why)
    return Fired(served=1)


def take_own_edit(schedule_id: int) -> None:
    """Set the timer of a schedule that the caller's transaction has just edited.

    So its next moment is known at once, whether a beat lives or not. What was owed is rung for
    when the transaction commits.
    """
    fired = _set(claim_stale(1, only=schedule_id))
    if fired.bells:
        transaction.on_commit(lambda: lifecycle.ring_bells(fired.bells), robust=True)


@transaction.atomic
def _take_edits(most: int, left: set[int]) -> Fired:
    """Those that are `left` stay stale: somebody edits them right now."""
    return _set([row for row in claim_stale(most) if row.due.schedule_id not in left])


def _set(rows: Sequence[Stale]) -> Fired:
    if not rows:
        return Fired()
    settings = _settings(rows)
    ticks = [tick for setting in settings for tick in setting.ticks]
    inserted = lifecycle.submit_ticks(ticks)
    _write(settings)
    bells = [bell for each in settings for bell in each.bells() if bell.id in inserted]
    return Fired(bells, [each.row.due.schedule_id for each in settings if each.runs], len(rows))


def _settings(rows: Sequence[Stale]) -> list[Setting]:
    owing = [row.due for row in rows if row.due.planned_for and row.due.planned_for <= row.due.now]
    situation = look(owing) if owing else Situation()
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
                next_fire_at = new.following, planned_for = new.following,
                watermark = new.watermark, anchor = new.anchor, spec = new.spec,
                error = new.error, run_count = run_count + new.runs,
                edited_from = NULL, edited_until = NULL, interrupted = false
            FROM {json_rows(_SET, "new")} WHERE timers.schedule_id = new.schedule_id
            """,
            [as_json(rows)],
        )
