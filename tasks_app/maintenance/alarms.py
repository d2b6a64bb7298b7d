"""Alarms: opened when a trouble begins, confirmed while it lasts, ended when it is over.

Any number of processes look at once: one open alarm for each kind and subject is a constraint.
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models.functions import Now

from tasks_app.models import Alarm
from tasks_app.reporting.watching import Trouble, Troubles

logger = logging.getLogger(__name__)


class _Key(NamedTuple):
    kind: str
    subject: str


def raise_or_end(found: Mapping[str, Troubles], by: str) -> None:
    """Make the open alarms of these kinds what `by` found; each begin and end is logged once.

    A look costs one statement as long as nothing changes. An alarm is ended by whoever raised it,
    or once nobody has seen its trouble for 17 s: one process may see what another cannot.
    """
    troubles = {
        _Key(str(kind), subject): trouble
        for kind, subjects in found.items()
        for subject, trouble in subjects.items()
    }
    alarms = Alarm.objects.open().of_kinds([str(kind) for kind in found])
    known = {_Key(alarm.kind, alarm.subject): alarm for alarm in alarms}
    _open({key: trouble for key, trouble in troubles.items() if key not in known}, by)
    _confirm([(alarm, troubles[key]) for key, alarm in known.items() if key in troubles])
    _end([alarm for key, alarm in known.items() if key not in troubles], by)


def _open(troubles: Mapping[_Key, Trouble], by: str) -> None:
    """Of several processes that see it begin, the one whose row it became tells."""
    if not troubles:
        return
    alarms = [Alarm(**key._asdict(), **it._asdict(), raised_by=by) for key, it in troubles.items()]
    Alarm.objects.bulk_create(alarms, ignore_conflicts=True)
    kept = Alarm.objects.in_bulk([alarm.pk for alarm in alarms])
    for alarm in kept.values():
        logger.error("alarm=%s %s %s", alarm.kind, alarm.sentence, alarm.advice)


def _confirm(lasting: list[tuple[Alarm, Trouble]]) -> None:
    """At most every 10 s. What is said may change, such as when a second worker falls silent."""
    if not lasting:
        return
    Alarm.objects.among([alarm.pk for alarm, _ in lasting]).untold().update(seen_at=Now())
    for alarm, trouble in lasting:
        if (alarm.sentence, alarm.advice) != trouble:
            Alarm.objects.among([alarm.pk]).update(**trouble._asdict())


def _end(alarms: list[Alarm], by: str) -> None:
    for alarm in alarms:
        if Alarm.objects.among([alarm.pk]).to_be_ended_by(by).update(ended_at=Now()):
            logger.warning("alarm=%s is over: %s", alarm.kind, alarm.sentence)
