"""What a change of a task does to its schedule."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tasks_app.models import Task
from tasks_app.scheduling.definition import Definition
from tasks_app.scheduling.reading import merge, read_definition
from tasks_app.services.schedules import (
    change_schedule,
    make_schedule,
    present_definition,
    remove_schedule,
)


class ScheduleChange(NamedTuple):
    """What the schedule said and what it is to say; None is no schedule."""

    before: Definition | None = None
    after: Definition | None = None

    def __bool__(self) -> bool:
        return self.before != self.after

    @property
    def told_before(self) -> dict[str, Any]:
        """The fields that change, as they were."""
        return _only_changed(self.before, self.after)

    @property
    def told_after(self) -> dict[str, Any]:
        """The fields that change, as they become."""
        return _only_changed(self.after, self.before)


def read_change(
    task: Task, moments: Mapping[str, Any], changes: Mapping[str, Any]
) -> ScheduleChange:
    """Read what the flat `moments` change; other `changes` may make a crontab impossible too.

    Raises Invalid by field.
    """
    if not moments and "cron_semantics" not in changes:
        return ScheduleChange()
    before = present_definition(task)
    if not moments and not (before and before.crontab):
        return ScheduleChange()
    semantics = changes.get("cron_semantics", task.cron_semantics)
    return ScheduleChange(before, read_definition(merge(before, moments), semantics=semantics))


def apply_change(task: Task, change: ScheduleChange) -> None:
    """Make, change or remove the schedule's row; the caller saves the task."""
    if not change:
        return
    if change.after is None:
        remove_schedule(task)
    elif change.before is None:
        make_schedule(task, change.after)
    else:
        change_schedule(task, change.after)


def _only_changed(said: Definition | None, other: Definition | None) -> dict[str, Any]:
    fields, others = (said or Definition()).fields(), (other or Definition()).fields()
    return {field: value for field, value in fields.items() if value != others[field]}
