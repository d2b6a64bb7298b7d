"""Entries of `beat_schedule`: schedules that belong to code, kept as rows like all others."""

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from celery import schedules
from django.db import IntegrityError, transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import ModelEntry

from tasks_app.models import Timer
from tasks_app.models.timer import GONE

logger = logging.getLogger(__name__)
_COMPARED = ("task", "args", "kwargs", "queue", "exchange", "routing_key", "priority", "headers")


def import_entries(entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Write down entries that are new or were changed in the code, and disable those that left it.

    `entries` are in Celery's form, by name. An entry that is as it was at the last import is not
    touched, so what people edited in its row stays until the code itself changes. One that comes
    back is enabled again.
    """
    known = dict(Timer.objects.ever_from_code().values_list("schedule__name", "code"))
    for name, entry in entries.items():
        if known.get(name) == _text(entry):
            continue
        try:
            _write(name, entry, known.get(name))
        except IntegrityError:
            logger.info("beat_schedule entry %r is being written by another beat", name)
        except Exception as error:  # one entry never stops the others, nor beat
            logger.error("beat_schedule entry %r cannot be kept: %r", name, error)
    gone = sorted(name for name, code in known.items() if name not in entries and code != GONE)
    if gone:
        logger.warning("no longer in beat_schedule, so disabled: %s", ", ".join(gone))
        PeriodicTask.objects.filter(name__in=gone).update(enabled=False)
        Timer.objects.filter(schedule__name__in=gone).update(code=GONE)


@transaction.atomic
def _write(name: str, entry: Mapping[str, Any], before: str | None) -> None:
    fields = {**_fields(entry), "description": "An entry of beat_schedule, owned by code."}
    row = PeriodicTask.objects.filter(name=name).first()
    if row is None:
        row = PeriodicTask(name=name, **fields)
        # Not save(): its validation asks the database about each field again.
        PeriodicTask.objects.bulk_create([row])
    else:
        if before == GONE:
            fields["enabled"] = True
        changed = [key for key in _COMPARED if key in fields and getattr(row, key) != fields[key]]
        logger.warning("beat_schedule entry %r replaces its row; other fields: %s", name, changed)
        PeriodicTask.objects.filter(pk=row.pk).update(**fields)
    Timer.objects.filter(schedule__name=name).update(code=_text(entry))
    logger.info("beat_schedule entry %r is %s", name, "new" if before is None else "changed")


def _fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the row, as django-celery-beat itself makes them of an entry."""
    plain = {key: value for key, value in entry.items() if key not in {"relative", "name"}}
    schedule: Any = schedules.maybe_schedule(plain["schedule"])
    is_interval = type(schedule) is schedules.schedule
    length = schedule.run_every if is_interval else timedelta()
    if not length.microseconds:
        return dict(ModelEntry._unpack_fields(**plain))
    # It would cut off the fraction of a second.
    fields = dict(ModelEntry._unpack_fields(**{**plain, "schedule": 60.0}))
    every = length // timedelta(microseconds=1)
    kept = IntervalSchedule.objects.filter(every=every, period=IntervalSchedule.MICROSECONDS)
    fields["interval"] = kept.first() or IntervalSchedule.objects.create(
        every=every, period=IntervalSchedule.MICROSECONDS
    )
    return fields


def _text(entry: Mapping[str, Any]) -> str:
    """What an entry says, for comparing."""
    return json.dumps(dict(entry), default=repr, sort_keys=True)
