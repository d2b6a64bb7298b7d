"""Chords: their members are needed until the last of them has ended."""

import re
from collections.abc import Collection
from uuid import UUID

from django_celery_results.models import ChordCounter  # type: ignore[attr-defined]

from tasks_app.models import TaskExecution

# The members of a chord, in the nested lists that Celery keeps.
_ID = re.compile(r'"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')


def needed_members(members: Collection[UUID]) -> set[UUID]:
    """Of these members of chords, those whose chord still has live ones."""
    waiting = _waiting(members)
    chords = {chord.group_id: chord for _, chord in waiting}
    living = {group for group, chord in chords.items() if _lives(chord)}
    return {pk for pk, chord in waiting if chord.group_id in living}


def forget_stalled(members: Collection[UUID]) -> None:
    """Delete the counters of chords whose members go: nothing would ever count them down."""
    if groups := {chord.group_id for _, chord in _waiting(members)}:
        ChordCounter.objects.filter(group_id__in=groups).delete()


def _waiting(members: Collection[UUID]) -> list[tuple[UUID, ChordCounter]]:
    """Those whose body is not submitted yet, with the counter of their chord."""
    if not members:
        return []
    groups = TaskExecution.objects.among(members).groups()
    chords = ChordCounter.objects.in_bulk(set(groups.values()), field_name="group_id")
    return [(pk, chords[group]) for pk, group in groups.items() if group in chords]


def _lives(chord: ChordCounter) -> bool:
    return TaskExecution.objects.live().among(_ID.findall(chord.sub_tasks)).exists()
