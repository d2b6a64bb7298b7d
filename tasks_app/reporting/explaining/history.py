"""Who did what, from the audit trail, in words."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tasks_app.models import Event, Task, TaskExecution
from tasks_app.reporting.explaining.moments import clock
from tasks_app.states import Trigger

_DOORS = {
    Trigger.API: " through the API",
    Trigger.ADMIN: " in the admin",
    Trigger.COMMAND: " by a command",
    Trigger.CODE: " from code",
    Trigger.BULK: " in bulk",
    Trigger.RERUN: " as a rerun",
    Trigger.BACKFILL: " as a backfill",
}
# Who acts without a person.
_NOBODY = {Trigger.SYSTEM: "the system", Trigger.SCHEDULE: "the schedule of its task"}


def asked_by(run: TaskExecution) -> str:
    """What caused a run, as a sentence."""
    if run.trigger == Trigger.SCHEDULE and run.scheduled_for:
        return f"Its schedule {run.schedule_name} planned it for {clock(run.scheduled_for)}."
    person = run.triggered_by.get_username() if run.triggered_by else "A program"
    logical = f", for the moment {clock(run.scheduled_for)}" if run.scheduled_for else ""
    door = _DOORS.get(Trigger(run.trigger), f" by {run.get_trigger_display().lower()}")
    if run.trigger == Trigger.RERUN and run.parent_id:
        door += f" of {run.parent_id}"
    return f"{person} asked for it{door}{logical}."


def last_act(subject_id: UUID, *verbs: str) -> Event | None:
    """The newest of these acts on a task or an execution."""
    return _acts(subject_id).filter(verb__in=verbs).order_by("-at", "-id").first()


def actor_of(event: Event) -> str:
    """Who acted, and through which door."""
    if not event.user_name or event.door == Trigger.SYSTEM:
        return _NOBODY.get(Trigger(event.door), "a program")
    return event.user_name + _DOORS.get(Trigger(event.door), "")


def why_of(event: Event) -> str:
    """The reason that was given, as a sentence; empty if none was."""
    return f"The reason given: {event.reason}" if event.reason else ""


def last_switch(task: Task, until: datetime | None = None) -> Event | None:
    """The newest edit of `enabled`, of those not after `until`."""
    switches = _switches(task)
    if until is not None:
        switches = switches.filter(at__lte=until)
    return switches.order_by("-at", "-id").first()


def was_enabled(task: Task, moment: datetime) -> bool:
    """Whether the task was enabled at `moment`, as the history of edits tells."""
    if before := last_switch(task, moment):
        return bool(before.after["enabled"])
    following = _switches(task).filter(at__gt=moment).order_by("at", "id").first()
    return bool(following.before.get("enabled", True)) if following else task.enabled


def was_edited_since(task: Task, moment: datetime) -> bool:
    """Whether the task or its schedule was changed after `moment`, so that it may have fired at
    other moments then."""
    if task.schedule and task.schedule.date_changed > moment:
        return True
    return _acts(task.pk).filter(verb="update", at__gt=moment).exists()


def _acts(subject_id: UUID) -> QuerySet[Event]:
    return Event.objects.filter(subject_id=subject_id)


def _switches(task: Task) -> QuerySet[Event]:
    return _acts(task.pk).filter(after__has_key="enabled")
