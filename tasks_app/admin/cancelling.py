"""Who asked a run to stop, and what became of it."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tasks_app.admin.display import NOTHING, moment
from tasks_app.models import TaskExecution
from tasks_app.models.overdue_runs import grace_of
from tasks_app.reporting.cancelling import cancel_state


def request_to_stop(run: TaskExecution) -> SafeString | str:
    """The state of the request, its moments, and the grace of the job."""
    state = cancel_state(run)
    if state is None:
        return NOTHING
    return format_html(
        '<span class="b-facts">{} <span>requested {} by {}</span> <span>seen {}</span> '
        "<span>grace {} s</span></span>",
        state.label,
        moment(run.cancel_requested_at),
        run.cancel_requested_by or "a program",
        moment(run.cancel_seen_at),
        f"{grace_of(run):g}",
    )
