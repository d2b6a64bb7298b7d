"""The API as a table: every path and method, and what an owner sends and is answered there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.utils import timezone
from django_celery_beat.models import PeriodicTasks

from tasks_app.models import ApiToken, Attempt, Pause
from tasks_app.scheduling.moments import write_moment
from tasks_app.states import AttemptOutcome
from tasks_app.tests.runs import JOB, a_run
from tasks_app.tests.schedules import a_scheduled_task
from tasks_app.tests.unit.log_lines import lines_of

# Method, path, what is answered to the owner.
ENDPOINTS = [
    ("GET", "tasks", 200),
    ("POST", "tasks", 201),
    ("GET", "tasks/registered", 200),
    ("GET", "tasks/count", 200),
    ("GET", "tasks/executions/{execution}", 200),
    ("GET", "tasks/{task}", 200),
    ("PUT", "tasks/{task}", 200),
    ("PATCH", "tasks/{task}", 200),
    ("DELETE", "tasks/{task}", 204),
    ("POST", "tasks/{task}/enable", 200),
    ("POST", "tasks/{task}/disable", 200),
    ("POST", "tasks/{task}/execute", 202),
    ("POST", "tasks/{task}/cancel", 202),
    ("GET", "tasks/{task}/status", 200),
    ("GET", "tasks/{task}/executions", 200),
    ("GET", "tasks/{task}/upcoming", 200),
    ("GET", "tasks/{task}/why", 200),
    ("POST", "tasks/{task}/skip", 200),
    ("POST", "tasks/{task}/unskip", 200),
    ("POST", "tasks/{task}/backfill", 202),
    ("POST", "tasks/{task}/cancel_backfill", 202),
    ("POST", "tasks/{task}/pause", 200),
    ("POST", "tasks/{task}/resume", 204),
    ("GET", "executions", 200),
    ("GET", "executions/{execution}", 200),
    ("POST", "executions/{execution}/cancel", 202),
    # It waits, so there is nothing to run once more.
    ("POST", "executions/{execution}/rerun", 409),
    ("GET", "executions/{execution}/why", 200),
    ("GET", "executions/{execution}/attempts", 200),
    ("GET", "executions/{execution}/log", 200),
    ("GET", "schedules/upcoming", 200),
    ("POST", "schedules/preview", 200),
    ("GET", "pauses", 200),
    # Which task is each owner's own matter, and without one nothing is named.
    ("POST", "pauses", 400),
    ("GET", "pauses/{pause}", 200),
    ("DELETE", "pauses/{pause}", 204),
    ("GET", "alarms", 200),
    ("GET", "counters", 200),
    ("POST", "auth/logout", 204),
    ("GET", "auth/me", 200),
    ("GET", "auth/tokens", 200),
    ("POST", "auth/tokens", 201),
    ("GET", "auth/tokens/{token}", 200),
    ("DELETE", "auth/tokens/{token}", 204),
]
# What is answered to superusers; everybody else is refused.
FOR_SUPERUSERS = [
    ("POST", "executions/prune", 202),
    ("GET", "diagnosis", 200),
]
# Who asks there has no credentials yet.
WITHOUT_CREDENTIALS = [("POST", "auth/login", 400)]
WITH_CREDENTIALS = ENDPOINTS + FOR_SUPERUSERS
ON_ONE_ROW = [(method, path) for method, path, _ in ENDPOINTS if "{" in path]
# A coming tick, so near that lists of coming ticks name it.
TICK = write_moment(datetime.now(UTC).replace(microsecond=0) + timedelta(days=2))
NEW_TASK = {"name": "wait", "celery_task_name": JOB, "args": [1]}
# What must be sent, so that nothing but the caller is at fault.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "tasks"): NEW_TASK,
    ("PUT", "tasks/{task}"): NEW_TASK,
    ("PATCH", "tasks/{task}"): {"description": "changed"},
    ("POST", "tasks/{task}/skip"): {"at": TICK},
    ("POST", "tasks/{task}/unskip"): {"at": TICK},
    ("POST", "tasks/{task}/backfill"): {
        "start": "2020-01-01T00:00:00Z",
        "end": "2020-01-02T00:00:00Z",
    },
    ("POST", "schedules/preview"): {"crontab": "0 9 * * *"},
    ("POST", "auth/tokens"): {"name": "import"},
}


def body_of(method: str, path: str) -> dict[str, Any] | None:
    """What to send there."""
    return BODIES.get((method, path))


def path_of(pattern: Any) -> str:
    """The path of a URL pattern, as the table writes it."""
    named = re.sub(r"\(\?P<(\w+)_id>[^)]*\)", r"{\1}", str(pattern.pattern))
    return named.removeprefix("^").removesuffix("/?$")


class Belongings:
    """What somebody has: one row for each path that names one, and text that names its owner."""

    def __init__(self, owner: User) -> None:
        of_whom, moment = f"of {owner.username}", timezone.now()
        self.owner = owner
        self.task = a_scheduled_task(
            owner, name=f"task {of_whom}", key=f"{owner.username}-key", scheduled_time=TICK
        )
        self.run = a_run(task=self.task, owner=owner, progress_message=of_whom)
        self.token, _ = ApiToken.objects.create(owner, name=f"token {of_whom}")
        self.pause = Pause.objects.create(
            subject=f"task:{self.task.pk}", task=self.task, user=owner, user_name=owner.username
        )
        lines_of(self.run, 1, text=f"line {of_whom}")
        Attempt.objects.create(
            execution=self.run,
            number=1,
            outcome=AttemptOutcome.FAILED,
            claim_token=self.run.pk,
            started_at=moment,
            ended_at=moment,
            error=f"error {of_whom}",
        )

    def path(self, path: str, *, by_key: bool = False) -> str:
        """A path of the table that names these rows."""
        task = self.task.key if by_key else self.task.pk
        return path.format(
            task=task, execution=self.run.pk, token=self.token.pk, pause=self.pause.pk
        )

    def are_told_by(self, text: str) -> bool:
        """Whether a text names the owner or any of the rows."""
        ids = (self.task.pk, self.run.pk, self.token.pk, self.token.token_key, self.pause.pk)
        # As a word, for its letters may stand in any id.
        named = re.search(rf"\b{self.owner.username}\b", text)
        return bool(named) or any(str(name) in text for name in ids)

    def rows(self) -> list[Any]:
        """All that is stored of these rows, with their log and tries."""
        own: Any = (
            self.task, self.run, self.token, self.pause, self.task.schedule, self.owner
        )  # fmt: skip
        stored = [type(row)._base_manager.filter(pk=row.pk).values().get() for row in own if row]
        return [*stored, *self.run.attempts.values(), *self.run.log_lines.values()]


def everything() -> dict[str, list[Any]]:
    """Every row of this project, of users, of the admin's history and of schedules."""
    labels = ("tasks_app", "auth", "admin", "django_celery_beat")
    configs = [apps.get_app_config(label) for label in labels]
    models = {model for config in configs for model in config.get_models(include_auto_created=True)}
    # Beat's stamp of the last edit belongs to nobody.
    models.discard(PeriodicTasks)
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models
    }
