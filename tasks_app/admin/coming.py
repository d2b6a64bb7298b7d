"""How schedules are shown: in words, when they fire next, and which ticks are coming."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tasks_app.admin.display import NOTHING, live, moment, two_lines
from tasks_app.models import Pause, Task, Timer
from tasks_app.models.timer import STALE
from tasks_app.reporting.explaining.held import pauses_over
from tasks_app.scheduling.definition import Definition
from tasks_app.scheduling.moments import write_moment
from tasks_app.services import Actor, Upcoming, upcoming_ticks
from tasks_app.services.upcoming import MOST_HOURS

NEXT = 5
# Opens a dialog in the page, as Unfold's own actions do; without a script it is a page.
_OPENS = (
    '<a class="b-link" href="{0}" hx-get="{0}" hx-target="#modal-content" hx-select="#dialog" '
    'x-on:htmx:after-on-load="openModal = true" aria-label="{1}">Skip…</a>'
)
# Not of the page's own form, whose first button Enter presses.
_POSTS = '<button class="b-link" form="beside" formaction="{}" aria-label="{}">Undo</button>'


def expression(definition: Definition) -> str:
    """The schedule as its fields say it, in one short line."""
    if definition.crontab:
        return f"{definition.crontab} {definition.timezone}"
    if definition.interval is not None:
        return f"{definition.interval:g} s"
    if definition.solar:
        sun = definition.solar
        return f"{sun.event} {sun.latitude:g} {sun.longitude:g}"
    return write_moment(definition.scheduled_time) if definition.scheduled_time else NOTHING


def in_words(definition: Definition, text: str, error: str) -> SafeString | str:
    """The sentence, or why there is none, above the expression."""
    if not definition.kind:
        return error or NOTHING
    return two_lines(error or text, expression(definition))


def next_fire(enabled: bool, timer: Timer | None) -> SafeString | str:
    """When it fires next, or why it does not."""
    if timer is None:
        return NOTHING
    if timer.error:
        return two_lines("set aside", timer.error[:200])
    if not enabled:
        return "disabled"
    if timer.next_fire_at == STALE:
        return "just edited"
    return moment(timer.next_fire_at) if timer.next_fire_at else "never again"


def coming_ticks(task: Task, *, may_change: bool) -> SafeString | str:
    """The next ticks of a task, each to skip or to take back."""
    ticks = upcoming_ticks(Actor(task.owner), task=task, hours=MOST_HOURS, limit=NEXT)
    if not ticks:
        return "No tick is coming."
    pauses = pauses_over(task)
    rows = format_html_join(
        "",
        "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
        (
            (moment(tick.at), _fate(tick, pauses), _verb(task, tick) if may_change else "")
            for tick in ticks
        ),
    )
    return live("coming", format_html('<table class="b-table">{}</table>', rows))


def _fate(tick: Upcoming, pauses: list[Pause]) -> SafeString | str:
    if tick.skipped:
        return format_html("will be skipped <bdi>{}</bdi>", tick.skip_reason)
    return "is held by a pause" if any(each.holds_at(tick.at) for each in pauses) else "will run"


def _verb(task: Task, tick: Upcoming) -> SafeString:
    template, verb = (_POSTS, "undo_skip") if tick.skipped else (_OPENS, "skip")
    name = f"{'Undo the skip of' if tick.skipped else 'Skip'} {tick.at:%Y-%m-%d %H:%M:%S} UTC"
    return format_html(template, tick_url(verb, task.pk, tick.at), name)


def tick_url(verb: str, task_id: Any, at: datetime) -> str:
    """Where one tick of a task is skipped or taken back."""
    page = reverse(f"admin:tasks_app_task_{verb}", args=[task_id])
    return f"{page}?at={write_moment(at)}"
