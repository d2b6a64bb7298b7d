"""The pages of executions: to read, to cancel, to end by hand, and to run once more."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, tell, tell_each
from tasks_app.admin.attempts import Attempts
from tasks_app.admin.banner import AlarmBanner
from tasks_app.admin.base import OwnersAdmin, ReadOnlyAdmin
from tasks_app.admin.cancelling import request_to_stop
from tasks_app.admin.dialogs import ReasonForm, ask
from tasks_app.admin.display import (
    NOTHING,
    as_json,
    badge,
    bar,
    block,
    duration,
    live,
    moment,
    two_lines,
)
from tasks_app.admin.family_of_run import cause_of, caused_by, followers_of
from tasks_app.admin.filters import PriorityFilter, StatusFilter, TriggerFilter
from tasks_app.admin.log_page import LogPage
from tasks_app.admin.outcome import OutcomeAction
from tasks_app.admin.pruning import PruneAction
from tasks_app.admin.rerun import WHEN_OVER, RerunActions
from tasks_app.admin.tick_of_run import tick_of
from tasks_app.admin.why import why_box
from tasks_app.models import TaskExecution
from tasks_app.redaction import redact
from tasks_app.reporting.cancelling import cancel_state
from tasks_app.states import LIVE

WHILE_LIVE = ["cancel", "outcome"]
ASK_CANCEL = ask(
    "Cancel this run?",
    "Waiting, it never starts; running, it is asked to stop and killed after its grace.",
    "Cancel the run",
    ReasonForm,
)


@admin.register(TaskExecution)
class TaskExecutionAdmin(
    AlarmBanner, LogPage, OutcomeAction, PruneAction, RerunActions, ReadOnlyAdmin, OwnersAdmin
):
    """What ran, runs and waits. Its state changes by lifecycle only."""

    list_display = ["run", "state", "progress_bar", "trigger", "worker", "created", "took"]
    list_display_links = ["run"]
    list_filter = [StatusFilter, TriggerFilter, PriorityFilter]
    list_select_related = ["task"]
    search_fields = ["=id"]
    search_help_text = "The id of an execution"
    ordering = ["-created_at", "-id"]
    sortable_by: list[str] = []
    actions = ["cancel_selected", "rerun_selected"]
    actions_list = ["prune"]
    actions_detail = ["log", *WHILE_LIVE, *WHEN_OVER]
    inlines = [Attempts]
    readonly_fields = [
        "why", "state_and_why", "progress_bar", "times", "error_text", "traceback_text",
        "result_json", "task_link", "job", "args_json", "kwargs_json", "waits_on", "who", "where",
        "tick", "checkpoint_json", "cause", "caused", "waits_for_it", "cancelling",
    ]  # fmt: skip
    fieldsets = [
        ("Why", {"fields": ["why"]}),
        ("State", {"fields": ["state_and_why", "progress_bar", "times", "cancelling"]}),
        ("Outcome", {"fields": ["result_json", "error_text", "traceback_text"]}),
        ("Input", {"fields": ["task_link", "job", "args_json", "kwargs_json"]}),
        ("Circumstances", {"fields": ["who", "tick", "waits_on", "where"]}),
        ("Family", {"fields": ["cause", "caused", "waits_for_it"]}),
        ("Checkpoint", {"fields": ["checkpoint_json"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        executions: Any = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        rows = executions.without_documents() if is_list else executions.with_task_name()
        return cast(QuerySet[Any], rows)

    def has_cancel_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may run tasks may stop runs and end them; which, the service decides."""
        return bool(request.user.has_perm("tasks_app.change_task"))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Nothing to stop or to set once it is over, nothing to repeat before: so says the service
        too."""
        rows: Any = self.get_queryset(request)
        is_live = rows.among([object_id]).live().exists()
        actions = super().get_actions_detail(request, object_id)
        absent = WHEN_OVER if is_live else WHILE_LIVE
        return [action for action in actions if action.path not in absent]

    @action(description="Cancel…", permissions=["cancel"], icon="cancel", dialog=ASK_CANCEL)
    def cancel(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        actor, reason = actor_of(request), form.cleaned_data["reason"]

        def stop() -> TaskExecution:
            return services.cancel_execution(
                actor, services.get_execution(actor, object_id), reason
            )

        tell(request, stop, lambda run: f"It is {'asked to stop' if _lives(run) else run.status}.")
        return go_to(reverse("admin:tasks_app_taskexecution_change", args=[object_id]))

    @admin.action(description="Cancel selected", permissions=["cancel"])
    def cancel_selected(self, request: HttpRequest, runs: Any) -> None:
        actor = actor_of(request)
        tell_each(request, runs, lambda run: services.cancel_execution(actor, run), "cancelled")

    @admin.display(description="Execution")
    def run(self, obj: TaskExecution) -> Any:
        return two_lines(obj.task.name if obj.task else str(obj.pk), obj.celery_task_name)

    @admin.display(description="Status")
    def state(self, obj: TaskExecution) -> Any:
        return badge(obj.status)

    @admin.display(description="Now")
    def why(self, obj: TaskExecution) -> Any:
        return why_box(obj)

    @admin.display(description="Status")
    def state_and_why(self, obj: TaskExecution) -> Any:
        asked = cancel_state(obj)
        why = asked.label if asked and _lives(obj) else obj.get_reason_display()
        inner = format_html(
            '<span data-live-on="{}">{} {}</span>', _lives(obj), badge(obj.status), why
        )
        return live("state", inner)

    @admin.display(description="Cancel")
    def cancelling(self, obj: TaskExecution) -> Any:
        return live("cancelling", request_to_stop(obj))

    @admin.display(description="Progress")
    def progress_bar(self, obj: TaskExecution) -> Any:
        return live(f"progress-{obj.pk}", bar(obj.progress, obj.progress_message))

    @admin.display(description="Created")
    def created(self, obj: TaskExecution) -> Any:
        return moment(obj.created_at)

    @admin.display(description="Took")
    def took(self, obj: TaskExecution) -> str:
        if obj.started_at is None:
            return NOTHING
        return duration((obj.finished_at or timezone.now()) - obj.started_at)

    @admin.display(description="Times")
    def times(self, obj: TaskExecution) -> Any:
        parts = (moment(obj.created_at), moment(obj.started_at), moment(obj.finished_at))
        row = '<span class="b-facts">created {} started {} finished {} <span>took {}</span></span>'
        return live("times", format_html(row, *parts, self.took(obj)))

    @admin.display(description="Result")
    def result_json(self, obj: TaskExecution) -> Any:
        return live("result", as_json(obj.result))

    @admin.display(description="Error")
    def error_text(self, obj: TaskExecution) -> Any:
        return live("error", block(obj.error))

    @admin.display(description="Traceback")
    def traceback_text(self, obj: TaskExecution) -> Any:
        return live("traceback", block(obj.traceback))

    @admin.display(description="Saved for the next attempt")
    def checkpoint_json(self, obj: TaskExecution) -> Any:
        return live("checkpoint", as_json(redact(obj.checkpoint)))

    @admin.display(description="Task")
    def task_link(self, obj: TaskExecution) -> Any:
        if obj.task is None:
            return "none: called from code, or the task was deleted"
        url = reverse("admin:tasks_app_task_change", args=[obj.task.pk])
        return format_html('<a class="b-link" href="{}"><bdi>{}</bdi></a>', url, obj.task.name)

    @admin.display(description="Job")
    def job(self, obj: TaskExecution) -> Any:
        return format_html('<bdi class="b-text">{}</bdi>', obj.celery_task_name)

    @admin.display(description="Positional arguments")
    def args_json(self, obj: TaskExecution) -> Any:
        return as_json(services.shown_arguments(obj).args)

    @admin.display(description="Keyword arguments")
    def kwargs_json(self, obj: TaskExecution) -> Any:
        return as_json(services.shown_arguments(obj).kwargs)

    @admin.display(description="Queue")
    def waits_on(self, obj: TaskExecution) -> str:
        return f"{obj.queue}, priority {obj.get_priority_display().lower()}"

    @admin.display(description="Started by")
    def who(self, obj: TaskExecution) -> str:
        return f"{obj.triggered_by or 'nobody'}, through {obj.trigger}"

    @admin.display(description="Stands for")
    def tick(self, obj: TaskExecution) -> Any:
        return tick_of(obj)

    @admin.display(description="Caused by")
    def cause(self, obj: TaskExecution) -> Any:
        return cause_of(obj)

    @admin.display(description="Caused")
    def caused(self, obj: TaskExecution) -> Any:
        return live("caused", caused_by(obj))

    @admin.display(description="Waits for its end")
    def waits_for_it(self, obj: TaskExecution) -> Any:
        return followers_of(obj)

    @admin.display(description="Ran on")
    def where(self, obj: TaskExecution) -> Any:
        words = (
            f"{obj.worker or NOTHING}, attempt {obj.attempt}, code {obj.code_version or NOTHING}"
        )
        return live("where", words)


def _lives(run: TaskExecution) -> bool:
    return run.status in LIVE
