"""What people do with tasks, for one and for many. Each asks first, and tells what was refused."""

from typing import Any

from django.contrib.admin import action as bulk_action
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, page_of, tell, tell_each
from tasks_app.admin.dialogs import ExecuteForm, ReasonForm, ask

MAY = ["change"]


class TaskActions:
    """Mixed into the page of tasks: verbs for its rows, its detail page and its selection."""

    @action(
        description="Execute…",
        permissions=MAY,
        icon="play_arrow",
        dialog=ask("Execute this task?", "One run, with these arguments.", "Execute", ExecuteForm),
    )
    def execute(self, request: HttpRequest, form: ExecuteForm, object_id: str) -> HttpResponse:
        """Submit one run, and lead to it."""
        actor, given = actor_of(request), form.given
        execution = tell(
            request,
            lambda: services.execute_task(actor, services.get_task(actor, object_id), **given),
            lambda _: "It is submitted; this page follows it.",
        )
        if execution is None:
            return go_to(page_of("task", object_id))
        return go_to(page_of("taskexecution", execution.pk))

    @action(
        description="Cancel…",
        permissions=MAY,
        icon="cancel",
        dialog=ask(
            "Cancel all live runs of this task?",
            "What waits never starts; what runs is asked to stop and killed after its grace.",
            "Cancel the runs",
            ReasonForm,
        ),
    )
    def cancel(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Stop what is live."""
        actor, reason = actor_of(request), form.cleaned_data["reason"]
        tell(
            request,
            lambda: services.cancel_task(actor, services.get_task(actor, object_id), reason),
            lambda runs: f"{len(runs)} run(s) cancelled or asked to stop.",
        )
        return go_to(page_of("task", object_id))

    @action(
        description="Enable or disable…",
        permissions=MAY,
        icon="toggle_on",
        dialog=ask(
            "Change whether its schedule starts this task?",
            "Disabled means that no schedule starts it; people and programs still can.",
            "Change it",
            ReasonForm,
        ),
    )
    def toggle(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Enable what is disabled, disable what is enabled."""
        actor, reason = actor_of(request), form.cleaned_data["reason"]

        def change() -> Any:
            task = services.get_task(actor, object_id)
            verb = services.disable_task if task.enabled else services.enable_task
            return verb(actor, task, reason)

        tell(request, change, lambda task: "Enabled." if task.enabled else "Disabled.")
        return go_to(page_of("task", object_id))

    @bulk_action(description="Execute selected", permissions=MAY)
    def execute_selected(self, request: HttpRequest, tasks: Any) -> None:
        actor = actor_of(request)
        tell_each(request, tasks, lambda task: services.execute_task(actor, task), "executed")

    @bulk_action(description="Cancel live runs of selected", permissions=MAY)
    def cancel_selected(self, request: HttpRequest, tasks: Any) -> None:
        actor = actor_of(request)
        tell_each(request, tasks, lambda task: services.cancel_task(actor, task), "cancelled")

    @bulk_action(description="Enable selected", permissions=MAY)
    def enable_selected(self, request: HttpRequest, tasks: Any) -> None:
        actor = actor_of(request)
        tell_each(request, tasks, lambda task: services.enable_task(actor, task), "enabled")

    @bulk_action(description="Disable selected", permissions=MAY)
    def disable_selected(self, request: HttpRequest, tasks: Any) -> None:
        actor = actor_of(request)
        tell_each(request, tasks, lambda task: services.disable_task(actor, task), "disabled")
