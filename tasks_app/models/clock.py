"""The database's clock: the only one that is stored or compared.

Query sets use Django's `Now()`; raw statements take the same moment from here.
"""

from typing import NamedTuple

from django.db import connection


class Clock(NamedTuple):
    """SQL of one database: `now` for conditions; `later` for values, its parameter is seconds."""

    now: str
    later: str


_CLOCKS = {
    # Conditions need a time that is stable in the statement, or no index serves them; a lease is
    # counted from the moment it is written, which may be after waiting for a row lock.
    "postgresql": Clock("statement_timestamp()", "(clock_timestamp() + %s * interval '1 second')"),
    "sqlite": Clock(
        "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
        "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
    ),
}


def clock() -> Clock:
    """The clock of the database in use."""
    return _CLOCKS[connection.vendor]
