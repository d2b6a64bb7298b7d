"""Pausing and resuming a task on its page."""

from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from tasks_app import services
from tasks_app.admin.acting import actor_of, go_to, page_of, tell
from tasks_app.admin.dialogs import ask
from tasks_app.admin.pause_form import PauseTaskForm, ResumeTaskForm, seconds

MAY = ["change"]
ASK_PAUSE = ask(
    "Pause this task?",
    "No run of it starts, whoever asks for it; what runs goes on. Ticks wait, as many as its "
    "catch-up runs.",
    "Pause the task",
    PauseTaskForm,
)
ASK_RESUME = ask(
    "Resume this task?",
    "What waited starts, the longest due first.",
    "Resume the task",
    ResumeTaskForm,
)


class PauseActions:
    """Mixed into the page of tasks."""

    @action(description="Pause…", permissions=MAY, icon="pause", dialog=ASK_PAUSE)
    def pause(self, request: HttpRequest, form: PauseTaskForm, object_id: str) -> HttpResponse:
        """Let nothing of it start."""
        actor, given = actor_of(request), form.cleaned_data
        tell(
            request,
            lambda: services.pause_task(
                actor,
                services.get_task(actor, object_id),
                reason=given["reason"],
                expires_in=seconds(given["minutes"]),
            ),
            lambda _: "It is paused.",
        )
        return go_to(page_of("task", object_id))

    @action(description="Resume…", permissions=MAY, icon="resume", dialog=ASK_RESUME)
    def resume(self, request: HttpRequest, form: ResumeTaskForm, object_id: str) -> HttpResponse:
        """End its pause."""
        actor, reason = actor_of(request), form.cleaned_data["reason"]
        tell(
            request,
            lambda: services.resume_task(actor, services.get_task(actor, object_id), reason),
            lambda _: "It is resumed: what waited starts.",
        )
        return go_to(page_of("task", object_id))
