"""The box that answers "why": a sentence, what proves it, and what to do."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tasks_app.admin.display import bullets, live
from tasks_app.models import Task, TaskExecution
from tasks_app.reporting.explaining import explain


def why_box(subject: Task | TaskExecution) -> SafeString:
    """Ask now, and again whenever the page brings itself up to date."""
    answer = explain(subject)
    box = format_html(
        '<div class="b-why"><p><strong>{}</strong> <code>{}</code></p>{}{}</div>',
        answer.sentence,
        answer.code,
        bullets(answer.evidence),
        bullets(f"→ {advice}" for advice in answer.advice),
    )
    return live("why", box)
