"""The schema is complete and true, and its readers fetch nothing from outside."""

import json
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from tasks_app.states import Status
from tasks_app.tests.runs import a_run
from tasks_app.tests.schedules import a_scheduled_task, look
from tasks_app.tests.unit import documented_bodies
from tasks_app.tests.unit.api import BODY_WITH_A_NUMBER, BODY_WITH_A_WORD, Program
from tasks_app.tests.unit.endpoints import WITH_CREDENTIALS, WITHOUT_CREDENTIALS


@pytest.fixture(scope="module")
def schema():
    return Client().get("/api/schema/", headers={"Accept": "application/json"}).json()


def operations(schema):
    return {
        (method.upper(), path): operation
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_the_schema_has_every_endpoint_and_no_other(schema):
    named = {f"{{{name}}}": f"{{{name}_id}}" for name in ("task", "execution", "token", "pause")}

    def documented(path):
        for short, long in named.items():
            path = path.replace(short, long)
        return f"/api/v1/{path}/"

    assert operations(schema).keys() == {
        (method, documented(path)) for method, path, _ in WITH_CREDENTIALS + WITHOUT_CREDENTIALS
    }


def test_the_schema_tells_that_a_token_may_have_a_dialect(schema):
    told = schema["info"]["description"]

    assert "dialect" in told
    assert all(f"`{field}`" in told for field in ("priority", "progress", "celery_id"))


def test_every_operation_tells_its_credentials_and_its_errors_in_one_shape(schema):
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    open_to_all = {(method, f"/api/v1/{path}/") for method, path, _ in WITHOUT_CREDENTIALS}
    for place, operation in operations(schema).items():
        assert ({"bearer": []} in operation.get("security", [])) is (place not in open_to_all)
        answers = operation["responses"]
        assert {"400", "401", "503"} <= answers.keys()
        for status, answer in answers.items():
            if status >= "400":
                shape = answer["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Error"}


def test_the_documented_bodies_stand_in_the_schema_as_examples(schema):
    create = operations(schema)["POST", "/api/v1/tasks/"]["requestBody"]

    examples = create["content"]["application/json"]["examples"].values()

    values = [example["value"] for example in examples]
    for body in (BODY_WITH_A_NUMBER, BODY_WITH_A_WORD, *documented_bodies.BODIES):
        assert json.loads(body) in values


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("POST", "tasks/", {201}),
        ("PUT", "tasks/{task_id}/", {200}),
        ("PATCH", "tasks/{task_id}/", {200}),
        ("POST", "tasks/{task_id}/execute/", {202}),
        ("POST", "tasks/{task_id}/skip/", {200}),
        ("POST", "tasks/{task_id}/unskip/", {200}),
        ("POST", "tasks/{task_id}/backfill/", {200, 202}),
        ("POST", "schedules/preview/", {200}),
    ],
)
def test_every_example_is_accepted(ada, schema, method, path, status):
    body = operations(schema)[method, f"/api/v1/{path}"]["requestBody"]["content"]

    for example in body["application/json"]["examples"].values():
        task = a_scheduled_task(ada, crontab="0 9 * * *")
        a_run(Status.STARTED, task=task, owner=ada)
        answer = Program(ada).send(method, path.format(task_id=task.pk), example["value"])
        assert answer.status_code in status, answer.content


@pytest.mark.parametrize(
    "name",
    [
        "Task",
        "CreatedTask",
        "Count",
        "PageOfAttempts",
        "ExecutionDetail",
        "PageOfTasks",
        "Error",
        "Explanation",
        "RunLog",
        "Preview",
        "Fire",
        "UpcomingTick",
        "Tick",
        "BackfillPreview",
        "Backfill",
        "CancelledBackfill",
        "Token",
        "CreatedToken",
        "Me",
        "PageOfTokens",
    ],
)
def test_answers_have_exactly_the_documented_fields(ada, schema, name):
    program = Program(ada)
    task = program.create(start="now", crontab="0 9 * * *")
    look()
    path, schedule = f"tasks/{task['id']}", {"crontab": "0 9 * * *"}
    day = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
    preview = program.post("schedules/preview/", schedule)
    upcoming = program.get(f"{path}/upcoming/").json()["results"]
    answer = {
        "CreatedTask": lambda: task,
        "Count": lambda: program.get("tasks/count/"),
        "PageOfAttempts": lambda: program.get(f"executions/{task['execution_id']}/attempts/"),
        "Explanation": lambda: program.get(f"{path}/why/"),
        "RunLog": lambda: program.get(f"executions/{task['execution_id']}/log/"),
        "Preview": lambda: preview,
        "Fire": lambda: preview.json()["fires"][0],
        "UpcomingTick": lambda: upcoming[0],
        "Tick": lambda: program.post(f"{path}/skip/", {"at": upcoming[0]["at"]}),
        "BackfillPreview": lambda: program.post(f"{path}/backfill/", {**day, "dry_run": True}),
        "Backfill": lambda: program.post(f"{path}/backfill/", day),
        "CancelledBackfill": lambda: program.post(f"{path}/cancel_backfill/"),
        "Token": lambda: program.get("auth/me/").json()["token"],
        "CreatedToken": lambda: program.post("auth/tokens/", {"name": "a token"}),
        "Me": lambda: program.get("auth/me/"),
        "PageOfTokens": lambda: program.get("auth/tokens/"),
        "Task": lambda: program.get(f"tasks/{task['id']}/"),
        "ExecutionDetail": lambda: program.get(f"executions/{task['execution_id']}/"),
        "PageOfTasks": lambda: program.get("tasks/"),
        "Error": lambda: program.get("tasks/", limit=0),
    }[name]()

    told = answer if isinstance(answer, dict) else answer.json()
    assert told.keys() == schema["components"]["schemas"][name]["properties"].keys()


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/redoc", "/redoc/"])
def test_the_readers_load_only_what_is_served_here(path):
    page = Client().get(path).content.decode()

    addresses = re.findall(r'(?:src|href|spec-url)="([^"]*)"', page)
    assert addresses
    assert all(address.startswith("/") for address in addresses)
    assert "://" not in page


def test_swagger_shows_the_schema_to_no_validator():
    assert '"validatorUrl": null' in Client().get("/docs").content.decode()


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_a_bad_token_does_not_hide_the_schema(path):
    assert Client().get(path, headers={"Authorization": "Bearer x"}).status_code == 200


def test_the_root_leads_to_the_admin():
    assert Client().get("/").headers["Location"] == "/admin/"
    assert Client().get("/admin").headers["Location"] == "/admin/"


def test_no_path_of_the_api_redirects():
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]

    assert {"task-list", "task-execute", "execution-cancel", "schema", "healthz"} <= set(names)
    for path in ("/api/v1/tasks", "/api/schema", "/docs", "/redoc", "/healthz", "/readyz"):
        for slash in ("", "/"):
            assert Client().post(path + slash).status_code not in {301, 302, 307, 308}
