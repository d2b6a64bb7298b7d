"""What the pages of tasks tell of each."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from tasks_app.admin.coming import coming_ticks, in_words, next_fire
from tasks_app.admin.display import NOTHING, as_json, badge, bar, live, moment, two_lines
from tasks_app.admin.why import why_box
from tasks_app.models import Task
from tasks_app.services import shown_arguments

LATEST = 10


class TaskColumns:
    """Mixed into the page of tasks; it needs `attach_current` and `attach_schedules`."""

    @admin.display(description="Task")
    def task(self, obj: Task) -> Any:
        return two_lines(obj.name, obj.celery_task_name)

    @admin.display(description="Status")
    def state(self, obj: Task) -> Any:
        return badge(obj.status)

    @admin.display(description="Progress")
    def progress(self, obj: Task) -> Any:
        return bar(obj.current.progress) if obj.current else NOTHING

    @admin.display(description="Priority")
    def urgency(self, obj: Task) -> Any:
        return two_lines(obj.get_priority_display().lower(), obj.queue_for(obj.priority))

    @admin.display(description="Last run")
    def last(self, obj: Task) -> Any:
        run = obj.current
        return moment(run.started_at or run.created_at) if run else NOTHING

    @admin.display(description="Schedule")
    def schedule_in_words(self, obj: Any) -> Any:
        return in_words(obj.shown.definition, obj.shown.text, obj.shown.error)

    @admin.display(description="Next")
    def next(self, obj: Task) -> Any:
        timer = getattr(obj.schedule, "timer", None)
        return next_fire(obj.enabled, timer)

    @admin.display(description="Next ticks")
    def coming(self, obj: Any) -> Any:
        return coming_ticks(obj, may_change=obj.may_change)

    @admin.display(description="Now")
    def why(self, obj: Task) -> Any:
        return why_box(obj)

    @admin.display(description="Positional arguments")
    def args_json(self, obj: Task) -> Any:
        return as_json(shown_arguments(obj).args)

    @admin.display(description="Keyword arguments")
    def kwargs_json(self, obj: Task) -> Any:
        return as_json(shown_arguments(obj).kwargs)

    @admin.display(description="Newest first")
    def latest(self, obj: Task) -> Any:
        runs = obj.executions.without_documents().newest_first()[:LATEST]
        if not runs:
            return "It has not run yet. Execute… starts it."
        rows = format_html_join(
            "",
            '<tr><td><a href="{}">{}</a></td><td>{}</td><td>{}</td><td><bdi>{}</bdi></td></tr>',
            (
                (
                    reverse("admin:tasks_app_taskexecution_change", args=[run.pk]),
                    badge(run.status),
                    bar(run.progress, run.progress_message),
                    moment(run.created_at),
                    run.error[:200],
                )
                for run in runs
            ),
        )
        is_live = any(run.finished_at is None for run in runs)
        table = format_html('<table class="b-table" data-live-on="{}">{}</table>', is_live, rows)
        return live("latest", table)
