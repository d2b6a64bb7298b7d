"""A program at the API: sends JSON with its user's token and gives back what was answered."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tasks_app.models import ApiToken
from tasks_app.tests.runs import JOB

# As two documents of other systems print them, for their own clients.
BODY_WITH_A_NUMBER = """{
    "name": "数据处理任务",
    "task_type": "data_processing",
    "celery_task_name": "app.tasks.common_tasks.long_running_task",
    "args": [60],
    "kwargs": {"param": "value"},
    "priority": 2
  }"""
BODY_WITH_A_WORD = BODY_WITH_A_NUMBER.replace("2\n", '"normal"\n')


class Program:
    """Paths are those below `/api/v1/`."""

    def __init__(self, user: User | None = None, *, dialect: str = "", **headers: str) -> None:
        self.client = Client()
        self.headers = headers
        if user:
            # As if used a moment ago: noting it again would add a statement to the first request.
            used = {"last_used_at": timezone.now(), "dialect": dialect}
            _, self.token = ApiToken.objects.create(user, **used)
            self.headers["Authorization"] = f"Bearer {self.token}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body or {})
        return self.client.post(f"/api/v1/{path}", data, content_type, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body) if body else ""
        return self.client.generic(
            method, f"/api/v1/{path}", data, "application/json", headers=self.headers
        )

    def create(self, **fields: Any) -> dict[str, Any]:
        """A new task that is not executed, unless the fields say otherwise."""
        body = {"name": "wait", "celery_task_name": JOB, "args": [60], "start": "manual"}
        answer = self.post("tasks/", body | fields)
        assert answer.status_code == 201, answer.content
        task: dict[str, Any] = answer.json()
        return task


def assert_refused(answer: Any, status: int, code: str, *fields: str) -> None:
    """The one shape of every refusal; with fields, exactly those are at fault."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert body["detail"]
    assert body["request_id"] == answer["X-Request-Id"]
    assert sorted(body.get("errors", {})) == sorted(fields)
    assert body.keys() <= {"code", "detail", "errors", "request_id"}
