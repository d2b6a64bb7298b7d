"""What django-celery-beat's own pages show of a schedule: written afterwards, and never read."""

from collections.abc import Sequence

from django.db import connection, transaction

from tasks_app.models.clock import clock
from tasks_app.models.json_rows import as_json, json_rows

_KINDS = {"id": "integer"}


@transaction.atomic
def write_back(schedules: Sequence[int], ended: Sequence[int] = ()) -> None:
    """Tell the schedules' rows that they ran, and disable those that had their only run.

    A row that somebody edits right now is left alone: the timer is the truth, and the next fire
    writes again. One that was edited since it fired stays enabled, for its timer is stale.
    """
    if schedules:
        _write(
            f"last_run_at = {clock().now}, total_run_count = timers.run_count FROM timers",
            "timers.run_count > 0",
            schedules,
        )
    if ended:
        # Apart, for a trigger of the row looks at this column.
        only_run = "one_off AND timers.run_count > 0 AND timers.next_fire_at IS NULL"
        _write("enabled = false FROM timers", only_run, ended)


def _write(columns: str, condition: str, schedules: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE django_celery_beat_periodictask SET {columns}
            WHERE timers.schedule_id = django_celery_beat_periodictask.id AND {condition}
                AND django_celery_beat_periodictask.id IN ({_free()})
            """,
            [as_json([(pk,) for pk in schedules])],
        )


def _free() -> str:
    """The rows among them that nobody holds."""
    chosen = f"SELECT id FROM {json_rows(_KINDS, 'ran')}"
    if connection.vendor == "sqlite":
        return chosen
    return (
        f"SELECT id FROM django_celery_beat_periodictask WHERE id IN ({chosen}) "
        "FOR NO KEY UPDATE SKIP LOCKED"
    )
