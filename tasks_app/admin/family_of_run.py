"""Where a run belongs: what caused it, what it caused, and what waits for its end."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tasks_app.admin.display import NOTHING, badge
from tasks_app.models import TaskExecution
from tasks_app.reporting.followers import CHORD, ON_ERROR, THEN, followers
from tasks_app.states import Trigger

# Children that are listed; of more, the number is told.
MOST = 10
_WORDS = {THEN: "then", CHORD: "when its group is done", ON_ERROR: "if it fails"}


def cause_of(run: TaskExecution) -> SafeString | str:
    """A link to the run whose job or end made this one, or which it repeats."""
    if not run.parent:
        return NOTHING
    return format_html("{}{}", _as_rerun(run, "as a rerun of "), _link(run.parent))


def caused_by(run: TaskExecution) -> SafeString | str:
    """Links to the runs that this one made, the oldest first."""
    count = run.children.count()
    if not count:
        return NOTHING
    first = run.children.all().oldest_first()[:MOST]
    rows = ((_as_rerun(child, "rerun "), _link(child)) for child in first)
    links = format_html_join(" ", "<span>{}{}</span>", rows)
    more = f" and {count - MOST} more" if count > MOST else ""
    return format_html('<span class="b-facts">{}{}</span>', links, more)


def followers_of(run: TaskExecution) -> SafeString | str:
    """The jobs that wait for its end, and for which end."""
    rows = [(_WORDS[kind], job) for kind, job in followers(run)]
    if not rows:
        return NOTHING
    return format_html_join("", '<div class="b-follower">{} <bdi>{}</bdi></div>', rows)


def _as_rerun(run: Any, words: str) -> str:
    return words if run.trigger == Trigger.RERUN else ""


def _link(run: Any) -> SafeString:
    url = reverse("admin:tasks_app_taskexecution_change", args=[run.pk])
    return format_html(
        '<a class="b-link" href="{}"><bdi>{}</bdi></a> {}',
        url,
        run.celery_task_name,
        badge(run.status),
    )
