"""Schedules: those that cannot fire, and whether edits are heard."""

from collections.abc import Iterator

from django.db import connection

from tasks_app.models import Timer
from tasks_app.models.timer_triggers import missing_triggers
from tasks_app.reporting.diagnosing.finding import Finding, counted, error, listed, warning

MOST = 20


def look() -> Iterator[Finding]:
    timers = Timer.objects.set_aside()
    for timer in timers.select_related("schedule").order_by("pk")[:MOST]:
        yield error(
            f"Schedule {timer.schedule.name} does not fire: {timer.error}",
            "Correct it in the admin, under Schedules; it is tried again when it is saved.",
        )
    if (count := timers.count()) > MOST:
        more = counted(count - MOST, "schedule")
        yield error(f"Besides, {more} not firing.", "See the list of schedules.")
    if missing := sorted(missing_triggers(connection)):
        yield warning(
            f"Triggers are missing: {listed(missing)}. Edits of schedules are seen late.",
            "Run manage.py migrate with a role that owns the tables, then restart beat.",
        )
