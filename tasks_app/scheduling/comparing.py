"""A rolling comparison of timers with schedules, for what no trigger saw: a restore, a TRUNCATE."""

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now

from tasks_app.models import Timer
from tasks_app.models.timer import STALE
from tasks_app.models.timer_triggers import SCHEDULES, make_missing_timers
from tasks_app.scheduling.due import fetch

SLICE = 2000


@transaction.atomic
def repair_timers() -> int:
    """Make the timers that are missing, and drop those without a schedule; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM timers WHERE NOT EXISTS "
            f"(SELECT 1 FROM {SCHEDULES} WHERE id = timers.schedule_id)"
        )
        return make_missing_timers(connection) + int(cursor.rowcount)


class Comparing:
    """For a database without triggers: remembers how far it came."""

    def __init__(self) -> None:
        self._next_id = 0

    @transaction.atomic
    def mark_slice(self) -> None:
        """Mark the next timers stale as an edit would: setting them anew finds what changed."""
        ids = fetch(
            "SELECT schedule_id FROM timers WHERE schedule_id >= %s ORDER BY schedule_id LIMIT %s",
            [self._next_id, SLICE],
        )
        self._next_id = ids[-1][0] + 1 if ids else 0
        Timer.objects.filter(pk__in=[pk for (pk,) in ids]).update(
            next_fire_at=STALE, edited_from=Coalesce("edited_from", Now()), edited_until=Now()
        )
