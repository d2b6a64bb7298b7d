"""Alarms that beats and workers raised and that are not over."""

from collections.abc import Iterator

from tasks_app.models import Alarm
from tasks_app.models.alarm import AlarmKind
from tasks_app.reporting.diagnosing.finding import Finding, error
from tasks_app.reporting.explaining.moments import clock

MOST = 50
# What the doctor itself finds in the same rows.
SEEN_BY_OTHERS = (
    AlarmKind.NO_BEAT,
    AlarmKind.WORKER_SILENT,
    AlarmKind.QUEUE_UNSERVED,
    AlarmKind.TICKS_LATE,
)


def look() -> Iterator[Finding]:
    for alarm in Alarm.objects.open().besides(SEEN_BY_OTHERS).newest_first()[:MOST]:
        since = f"Since {clock(alarm.raised_at)}: {alarm.sentence}"
        yield error(since, alarm.advice or "See the alarms in the admin.")
