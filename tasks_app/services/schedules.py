"""The schedule's row of a task: made, kept in step and removed in the task's own transaction.

The rows of django-celery-beat are written without their `save()`, which takes eleven statements
and holds one row that all schedules share. The triggers see every way of writing.
"""

from typing import Any

from django.db.models import Model
from django.db.models.functions import Now
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from tasks_app.exceptions import Invalid
from tasks_app.models import Task
from tasks_app.scheduling.agreement import FIELDS, columns_for, said_by_task
from tasks_app.scheduling.definition import FIELDS_OF_CRONTAB, UNITS, Definition, definition_of
from tasks_app.scheduling.edits import settle

LONGEST_NAME = 150
# Of django-celery-beat's column.
LONGEST_JOB = 200


def present_definition(task: Task) -> Definition | None:
    """What the task's schedule says now, whoever edited it; None without a schedule."""
    schedule = PeriodicTask.objects.filter(pk=task.schedule_id).first()
    return definition_of(schedule) if schedule else None


def make_schedule(task: Task, definition: Definition) -> None:
    """Insert the row and point the task at it; the caller saves the task."""
    said = said_by_task(task)
    if len(task.celery_task_name) > LONGEST_JOB:
        sentence = f"The job of a schedule has a name of at most {LONGEST_JOB} characters."
        raise Invalid({"celery_task_name": [sentence]})
    schedule = PeriodicTask(
        name=_name(task),
        description=f"Kept by the task {task.pk}.",
        one_off=definition.scheduled_time is not None,
        **columns_for(said),
        **_columns_of(definition),
    )
    PeriodicTask.objects.bulk_create([schedule])
    task.schedule, task.agreed = schedule, said


def change_schedule(task: Task, definition: Definition) -> None:
    """Let the row say other moments; one that was disabled after its only fire is enabled again."""
    replaced = _clocked_of(task)
    columns = _columns_of(definition)
    if replaced:
        columns["enabled"] = task.enabled
    if definition.scheduled_time or replaced:
        columns["one_off"] = definition.scheduled_time is not None
    _write(task, **columns)
    _remove_unused(replaced)


def tell_schedule(task: Task, changed: set[str]) -> None:
    """Carry changed fields of the task to the row; the caller saves the task.

    Only those: what somebody has just edited in the row is not overwritten.
    """
    said = {word: value for word, value in said_by_task(task).items() if FIELDS[word] in changed}
    columns = columns_for(said)
    if "name" in changed:
        columns["name"] = _name(task)
    if columns:
        _write(task, **columns)
    if said and task.agreed is not None:
        task.agreed = task.agreed | said


def remove_schedule(task: Task) -> None:
    """Delete the row; triggers take its timer, its skips and the task's pointer along."""
    replaced = _clocked_of(task)
    rows = PeriodicTask.objects.filter(pk=task.schedule_id)
    # What it owed until now is settled, which nobody could do once it is gone.
    rows.update(enabled=False)
    settle(int(task.schedule_id or 0))
    # Raw, for the models' own way looks for what the triggers take along anyway.
    rows._raw_delete(rows.db)
    _remove_unused(replaced)
    task.schedule, task.agreed = None, None


def _name(task: Task) -> str:
    """Unique, and at most 200 characters."""
    return f"{task.name[:LONGEST_NAME]} · {task.pk}"


def _write(task: Task, /, **columns: Any) -> None:
    PeriodicTask.objects.filter(pk=task.schedule_id).update(**columns, date_changed=Now())


def _columns_of(definition: Definition) -> dict[str, Any]:
    kinds = {"crontab": None, "interval": None, "solar": None, "clocked": None}
    bounds = {"start_time": definition.start_time, "expires": definition.end_time}
    # A row may have one of the two.
    seconds = {"expire_seconds": None} if definition.end_time else {}
    return kinds | _kind(definition) | bounds | seconds


def _kind(definition: Definition) -> dict[str, Model]:
    if definition.crontab:
        fields = dict(zip(FIELDS_OF_CRONTAB, definition.crontab.split(" "), strict=True))
        row = _shared(CrontabSchedule, **fields, timezone=definition.timezone)
        return {"crontab": row}
    if definition.interval is not None:
        unit, seconds = _largest_unit(int(definition.interval))
        every = int(definition.interval) // seconds
        return {"interval": _shared(IntervalSchedule, period=unit, every=every)}
    if definition.solar:
        return {"solar": _shared(SolarSchedule, **_stored(definition.solar._asdict()))}
    row = ClockedSchedule(clocked_time=definition.scheduled_time)
    ClockedSchedule.objects.bulk_create([row])
    return {"clocked": row}


def _largest_unit(seconds: int) -> tuple[str, int]:
    return next((unit, size) for unit, size in UNITS.items() if seconds % size == 0)


def _stored(place: dict[str, Any]) -> dict[str, Any]:
    """Degrees as their columns hold them; a float as such would find no equal row."""
    return {
        name: SolarSchedule._meta.get_field(name).to_python(
            f"{value:.6f}" if isinstance(value, float) else value
        )
        for name, value in place.items()
    }


def _shared(model: type[Model], **values: Any) -> Model:
    """A row that others may use too: the first equal one, or a new one."""
    equal = model._default_manager.filter(**values).order_by("pk")
    if row := equal.first():
        return row
    # A rival may make the same at this moment; where it may exist once only, theirs is taken.
    model._default_manager.bulk_create([model(**values)], ignore_conflicts=True)
    return equal[0]


def _clocked_of(task: Task) -> int | None:
    rows = PeriodicTask.objects.filter(pk=task.schedule_id)
    clocked_id: int | None = rows.values_list("clocked_id", flat=True).first()
    return clocked_id


def _remove_unused(clocked_id: int | None) -> None:
    """A moment belongs to its schedule; only others' own schedules may use it too."""
    if clocked_id:
        rows = ClockedSchedule.objects.filter(pk=clocked_id, periodictask=None)
        rows._raw_delete(rows.db)
