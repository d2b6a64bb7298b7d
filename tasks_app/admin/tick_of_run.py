"""What a run stands for: a tick of a schedule, a logical time, or many ticks that were missed."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tasks_app.admin.display import NOTHING, moment
from tasks_app.models import TaskExecution


def tick_of(run: TaskExecution) -> SafeString | str:
    """The schedule's name and the moment, and how many ticks it stands for if not one."""
    if run.scheduled_for is None:
        return f"{NOTHING}: no schedule started it"
    name = run.schedule_name or "a logical time"
    if not run.missed_count:
        return format_html(
            '<span class="b-facts"><bdi>{}</bdi> {}</span>', name, moment(run.scheduled_for)
        )
    return format_html(
        '<span class="b-facts"><bdi>{}</bdi> {} missed tick(s) from {} to {}</span>',
        name,
        run.missed_count,
        moment(run.missed_from),
        moment(run.scheduled_for),
    )
