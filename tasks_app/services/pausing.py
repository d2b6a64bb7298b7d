"""Pausing a task, a queue or everything at once, and letting it go on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from tasks_app.exceptions import Invalid, NotFound, NotPaused
from tasks_app.models import Pause, Task
from tasks_app.models.ids import is_uuid
from tasks_app.models.pause import EVERYTHING, QUEUE, TASK, PauseQuerySet
from tasks_app.models.validators import validate_queue, validate_text
from tasks_app.reporting.explaining.held import attach_waiting
from tasks_app.services.actor import Actor
from tasks_app.services.checking import check_moment, check_value
from tasks_app.services.finding import lock_task
from tasks_app.services.superusers import check_superuser

LONGEST = timedelta(days=366)


@transaction.atomic
def pause(
    actor: Actor,
    *,
    task: Task | None = None,
    queue: str = "",
    everything: bool = False,
    reason: str = "",
    expires_at: datetime | str | None = None,
    expires_in: float | None = None,
) -> Pause:
    """Let nothing of one subject start until somebody resumes it: a task, a queue or everything.

    Or until `expires_at` (UTC if it says no zone), or for `expires_in` seconds. What runs already
    goes on. Pausing again replaces who, when and why.
    Raises NotFound, SuperusersOnly and Invalid by field.
    """
    subject = _subject(actor, task, queue, everything)
    check_value("reason", reason, validate_text)
    said = {
        "task": task,
        "reason": reason,
        "user": actor.user,
        "user_name": actor.user.get_username(),
        "created_at": Now(),
        "expires_at": _end(expires_at, expires_in),
    }
    before = Pause.objects.select_for_update().filter(subject=subject).first()
    held, _ = Pause.objects.update_or_create(subject=subject, defaults=said)
    held.refresh_from_db()
    if Pause.objects.expired().filter(pk=held.pk).exists():
        raise Invalid({"expires_at": ["This moment has passed already."]})
    for what, pk in held.noted_on():
        told = before.told() if before else None
        actor.note("pause", what, pk, before=told, after=held.told(), reason=reason)
    return attach_waiting([held])[0]


def pause_task(actor: Actor, task: Task, **given: Any) -> Pause:
    """`pause` for one task."""
    return pause(actor, task=task, **given)


@transaction.atomic
def resume(actor: Actor, pause: Pause, reason: str = "") -> None:
    """End a pause: what waited starts in the order in which it was due, within seconds.

    Raises NotFound and SuperusersOnly.
    """
    mine: PauseQuerySet = Pause.objects.visible_to(actor.user).select_for_update(of=("self",))
    held = mine.filter(pk=pause.pk).first()
    if held is None:
        raise NotFound("pause", pause.pk)
    _check_superuser(actor, held)
    for what, pk in held.noted_on():
        actor.note("resume", what, pk, before=held.told(), reason=reason)
    held.delete()


def resume_task(actor: Actor, task: Task, reason: str = "") -> None:
    """End the pause of a task itself. Raises NotFound and NotPaused."""
    resume(actor, get_pause_of_task(actor, task), reason)


def get_pauses(actor: Actor, *, skip: int = 0, limit: int | None = None) -> list[Pause]:
    """The pauses in force that the user may know of, the newest first; `skip`, `limit`: rows.

    Those of queues and of everything are everybody's to know; of tasks one's own. Each knows, as
    `waiting`, how many runs wait for its end.
    """
    known = _known(actor).newest_first()
    return attach_waiting(known[skip : None if limit is None else skip + limit])


def get_pause(actor: Actor, pause_id: str | UUID) -> Pause:
    """One pause. Raises NotFound."""
    found = _known(actor).filter(pk=pause_id).first() if is_uuid(pause_id) else None
    if found is None:
        raise NotFound("pause", pause_id)
    return attach_waiting([found])[0]


def get_pause_of_task(actor: Actor, task: Task) -> Pause:
    """The pause of a task itself. Raises NotPaused."""
    found = _known(actor).of_task(task.pk).first()
    if found is None:
        raise NotPaused(task.name)
    return attach_waiting([found])[0]


def _known(actor: Actor) -> PauseQuerySet:
    pauses: PauseQuerySet = Pause.objects.visible_to(actor.user).in_force()
    return pauses.select_related("task")


def _subject(actor: Actor, task: Task | None, queue: str, everything: bool) -> str:
    if sum((task is not None, bool(queue), everything)) != 1:
        raise Invalid({"task": ["Name exactly one of task, queue and everything."]})
    if task is not None:
        return f"{TASK}{lock_task(actor, task.pk).pk}"
    if queue:
        check_value("queue", queue, validate_queue)
    subject = f"{QUEUE}{queue}" if queue else EVERYTHING
    _check_superuser(actor, Pause(subject=subject))
    return subject


def _check_superuser(actor: Actor, pause: Pause) -> None:
    if not pause.task_id:
        check_superuser(actor, f"pauses or resumes {pause.what}")


def _end(expires_at: datetime | str | None, expires_in: float | None) -> Any:
    """By the database's clock; None: never."""
    if expires_at is not None and expires_in is not None:
        raise Invalid({"expires_in": ["Give expires_at or expires_in, not both."]})
    if expires_at is not None:
        return check_moment("expires_at", expires_at)
    if expires_in is None:
        return None
    # NaN is refused too: it compares with nothing.
    if not 0 < expires_in <= LONGEST.total_seconds():
        raise Invalid({"expires_in": ["A pause lasts more than 0 seconds, and a year at most."]})
    return Now() + timedelta(seconds=expires_in)
