"""The whole examination: every part is looked at, whatever the others say."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from django.db import connection

from tasks_app.redaction import redact_text
from tasks_app.reporting.diagnosing import (
    alarms,
    broker,
    clocks,
    configuration,
    database,
    outcomes,
    postgresql,
    processes,
    queues,
    runs,
    schedules,
    space,
)
from tasks_app.reporting.diagnosing.finding import Finding, Severity, warning

logger = logging.getLogger(__name__)


class _Part(NamedTuple):
    name: str
    look: Callable[[], Iterable[Finding]]
    needs_database: bool = True


_PARTS = (
    _Part("database", database.look, needs_database=False),
    _Part("database", postgresql.look),
    _Part("broker", broker.look, needs_database=False),
    _Part("settings", configuration.look, needs_database=False),
    _Part("clocks", clocks.look),
    _Part("processes", processes.look),
    _Part("queues", queues.look),
    _Part("runs", runs.look),
    _Part("runs", outcomes.look, needs_database=False),
    _Part("schedules", schedules.look),
    _Part("space", space.look, needs_database=False),
    _Part("alarms", alarms.look),
)
_ORDER = list(Severity)


def diagnose() -> list[Finding]:
    """All findings, the worst first. Asks the database and the broker, and no worker.

    Returns within some seconds, whatever is down. It changes nothing.
    """
    found: list[Finding] = []
    for part in _PARTS:
        if not (part.needs_database and database.is_away(found)):
            found += [_told(finding, part.name) for finding in _examined(part)]
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))


def _told(finding: Finding, part: str) -> Finding:
    """What a driver says of an address may hold its password."""
    return replace(finding, part=part, sentence=redact_text(finding.sentence))


def _examined(part: _Part) -> list[Finding]:
    """A look that fails says so, and the examination goes on."""
    try:
        return list(part.look())
    except Exception as failure:  # whatever is broken here is what the doctor is asked about
        logger.warning("%s cannot be examined: %r", part.name, failure)
        if not connection.in_atomic_block:
            connection.close()
        sentence = f"The {part.name} cannot be examined: {type(failure).__name__}: {failure}"
        return [warning(sentence.strip(), "Ask again; if it stays, look into the log.")]
