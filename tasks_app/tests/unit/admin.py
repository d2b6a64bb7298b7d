"""A person at the admin, without a browser."""

from typing import Any

from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from tasks_app.models import Task
from tasks_app.tests.runs import JOB

ROOT = "/admin/tasks_app"
# What the form of a new task sends when only the needed fields are filled.
EMPTY_FORM: dict[str, Any] = {
    "name": "Wait",
    "celery_task_name": JOB,
    "args": "[1]",
    "kwargs": "{}",
    "tags": "[]",
    "enabled": "on",
    "priority": "2",
    "retry_backoff": "1",
    "retry_backoff_max": "600",
    "retry_jitter": "on",
    "on_lost": "auto",
    "keep_log": "on",
    "when": "never",
    "overlap": "allow",
    "catch_up": "latest",
    "catch_up_window": "3600",
    "cron_semantics": "celery",
    "jitter": "0",
    "start": "manual",
}


class Staff:
    """Somebody who is signed in."""

    def __init__(self, user: User, **options: Any) -> None:
        self.client = Client(**options)
        self.client.force_login(user)

    def reads(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.client.get(ROOT + path)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def adds(self, **fields: Any) -> Any:
        """Send the form of a new task."""
        return self.client.post(f"{ROOT}/task/add/", EMPTY_FORM | fields)

    def changes(self, task: Task, **fields: Any) -> Any:
        """Send the form of a task, as it was read but for these fields."""
        read = {"name": task.name, "read_version": str(task.version)}
        return self.client.post(f"{ROOT}/task/{task.pk}/change/", EMPTY_FORM | read | fields)

    def does(self, verb: str, row: Any, **fields: Any) -> Any:
        """Open a dialog of a row's page and submit it."""
        page = f"{ROOT}/{row._meta.model_name}/{row.pk}/{verb}/"
        return self.client.post(page, {"_form_submitted": "on", **fields})

    def does_to_all(self, verb: str, rows: Any) -> list[str]:
        """Select rows of a list, do something to them, and answer what was told."""
        model = rows[0]._meta.model_name
        chosen = {"action": verb, "_selected_action": [str(row.pk) for row in rows]}
        return self.told(self.client.post(f"{ROOT}/{model}/", chosen))

    def told(self, answer: Any) -> list[str]:
        """The messages that came with an answer."""
        return [str(message) for message in get_messages(answer.wsgi_request)]


def an_operator(name: str, *permissions: str) -> User:
    """A staff user with these permissions."""
    user = User.objects.create_user(name, is_staff=True)
    wanted = permissions or ("view_task", "add_task", "change_task", "delete_task")
    codes = [*wanted, "view_taskexecution"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user
