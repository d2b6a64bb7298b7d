"""How many runs wait, and whose they are: counted by one statement, kept in one row."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from tasks_app.models.control import Control
from tasks_app.states import WAITING

# So far ahead a count may seem to lie that is quite new.
HARMLESS = timedelta(seconds=1)


class Waiting(NamedTuple):
    """So many wait in all, and so many of each owner's."""

    all: int = 0
    owners: Mapping[int, int] = {}


class Kept(NamedTuple):
    """What was counted last, so many seconds ago."""

    waiting: Waiting
    age: float


def count_waiting(most: int) -> Waiting:
    """Count the runs that wait, no further than `most`."""
    listed = ", ".join(f"'{status}'" for status in WAITING)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT owner_id, COUNT(*) FROM (
                SELECT owner_id FROM task_executions WHERE status IN ({listed}) LIMIT %s
            ) AS waiting GROUP BY owner_id
            """,
            [most],
        )
        counted = dict(cursor.fetchall())
    owners = {owner: count for owner, count in counted.items() if owner is not None}
    return Waiting(sum(counted.values()), owners)


def keep_waiting(waiting: Waiting, seconds_ago: float) -> None:
    """Tell all processes what was counted by a statement that began so long ago."""
    Control.objects.update(
        waiting=waiting._asdict(), waiting_at=Now() - timedelta(seconds=seconds_ago)
    )


def kept_waiting() -> Kept | None:
    """What was kept last; None if nothing was, or by a clock that was set back since."""
    row = Control.objects.values_list("waiting", Now() - F("waiting_at")).first()
    if row is None or row[0] is None or row[1] is None:
        return None
    told, age = row
    if age < -HARMLESS:
        return None
    owners = {int(owner): count for owner, count in told["owners"].items()}
    return Kept(Waiting(told["all"], owners), max(age.total_seconds(), 0.0))
