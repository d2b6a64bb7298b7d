"""The timers whose schedule was edited, with all that defines it, locked for this beat."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from tasks_app.models.clock import clock
from tasks_app.models.json_rows import as_json, json_rows
from tasks_app.models.timer import STALE
from tasks_app.scheduling.due import (
    COLUMNS,
    TABLES,
    Due,
    due_of,
    fetch,
    for_this_beat,
    stored,
    told_moment,
)


class Definitions(NamedTuple):
    """The columns of the four kinds of schedule; those of a kind that is not used are None."""

    minute: str | None
    hour: str | None
    day_of_month: str | None
    month_of_year: str | None
    day_of_week: str | None
    zone: str | None
    every: int | None
    period: str | None
    clocked_time: datetime | None
    event: str | None
    latitude: Decimal | float | None
    longitude: Decimal | float | None


class Stale(NamedTuple):
    """A timer to be set anew: what it was, and what its schedule says now."""

    due: Due
    definitions: Definitions
    watermark: datetime | None
    anchor: datetime | None
    edited_from: datetime | None
    edited_until: datetime | None
    interrupted: bool
    enabled: bool
    args: str
    kwargs: str
    headers: str
    start_time: datetime | None
    end_time: datetime | None
    either_day: bool


_DEFINITIONS = """
    crontab.minute, crontab.hour, crontab.day_of_month, crontab.month_of_year,
    crontab.day_of_week, crontab.timezone, period.every, period.period, clocked.clocked_time,
    solar.event, solar.latitude, solar.longitude
"""
_REST = """
    timer.watermark, timer.anchor, timer.edited_from, timer.edited_until, timer.interrupted,
    schedule.enabled, COALESCE(schedule.args, ''), COALESCE(schedule.kwargs, ''),
    COALESCE(schedule.headers, ''), schedule.start_time, schedule.expires,
    COALESCE(task.cron_semantics, '') = 'cron'
"""
_TABLES = f"""
    {TABLES}
    LEFT JOIN django_celery_beat_crontabschedule AS crontab ON crontab.id = schedule.crontab_id
    LEFT JOIN django_celery_beat_intervalschedule AS period ON period.id = schedule.interval_id
    LEFT JOIN django_celery_beat_clockedschedule AS clocked ON clocked.id = schedule.clocked_id
    LEFT JOIN django_celery_beat_solarschedule AS solar ON solar.id = schedule.solar_id
"""
_BOOLEANS = ("interrupted", "enabled", "either_day")
_MOMENTS = ("watermark", "anchor", "edited_from", "edited_until", "start_time", "end_time")


def claim_stale(most: int, only: int | None = None, left: Collection[int] = ()) -> list[Stale]:
    """Lock stale timers for the caller's transaction; those of another beat are passed over.

    `only` is one schedule's id, `left` are those to pass over. First the locks and then the rows:
    an edit that was committed while a statement waited for a lock would be missing in what that
    statement reads.
    """
    ids = _lock(most, only, left)
    if not ids:
        return []
    question = f"""
        SELECT {COLUMNS}, {clock().now}, {_DEFINITIONS}, {_REST} FROM {_TABLES}
        WHERE timer.schedule_id IN (SELECT id FROM {json_rows({"id": "integer"}, "locked")})
    """
    return [_stale_of(row) for row in fetch(question, [as_json(ids)])]


def _lock(most: int, only: int | None, left: Collection[int]) -> list[tuple[int]]:
    one = "" if only is None else "AND schedule_id = %s"
    passed = json_rows({"id": "integer"}, "passed")
    others = f"AND schedule_id NOT IN (SELECT id FROM {passed})" if left else ""
    question = f"""
        SELECT schedule_id FROM timers AS timer WHERE next_fire_at <= %s {one} {others}
        ORDER BY next_fire_at LIMIT %s {for_this_beat()}
    """
    chosen = [] if only is None else [only]
    excluded = [as_json([(pk,) for pk in left])] if left else []
    return fetch(question, [stored(STALE), *chosen, *excluded, most])


def _stale_of(row: tuple[Any, ...]) -> Stale:
    # The last of `Due` is the time.
    end_of_due = len(Due._fields)
    end_of_definitions = end_of_due + len(Definitions._fields)
    definitions = Definitions(*row[end_of_due:end_of_definitions])
    stale = Stale(
        due_of(row[: end_of_due - 1], told_moment(row[end_of_due - 1])),
        definitions,
        *row[end_of_definitions:],
    )
    if connection.vendor != "sqlite":
        return stale
    told: dict[str, Any] = {name: told_moment(getattr(stale, name)) for name in _MOMENTS}
    told |= {name: bool(getattr(stale, name)) for name in _BOOLEANS}
    clocked = told_moment(definitions.clocked_time)
    definitions = definitions._replace(clocked_time=clocked)
    return stale._replace(definitions=definitions, **told)
